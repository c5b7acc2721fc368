import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scenarioNames } from "../../local/scenarios/load.ts";
import { grantedRbac } from "./granted.ts";
import { reportPermissions } from "./used-permissions.ts";

/**
 * `npm run test:kubernetes -- NAME ...`: a name is a part of a test file's name, of a scenario's, or of both. Options
 * go to vitest as they are, their values written with `=`.
 */

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const SCENARIO_TESTS = "test/kubernetes/scenarios.test.ts";

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith("-"));
const wanted = args.filter((arg) => !arg.startsWith("-"));

const files = readdirSync(fileURLToPath(new URL(".", import.meta.url)))
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `test/kubernetes/${file}`);
const scenarios = scenarioNames();

const wantedFiles = files.filter((file) => wanted.some((part) => file.includes(part)));
const wantedScenarios = wanted.filter((part) => scenarios.some((name) => name.includes(part)));
const unknown = wanted.filter((part) => !wantedScenarios.includes(part) && !files.some((file) => file.includes(part)));

if (unknown.length > 0) {
  process.stderr.write(
    `No test file and no scenario has ${unknown.join(" or ")} in its name.\nScenarios: ${scenarios.join(", ")}\n`,
  );
  process.exitCode = 1;
} else {
  // The scenarios' own file without any scenario's name means all of them.
  const some = wantedScenarios.length > 0;
  const filters = some ? [...wantedFiles, SCENARIO_TESTS] : wantedFiles;
  const whole = wanted.length === 0 && options.length === 0;
  const directory = mkdtempSync(join(tmpdir(), "remediation-audit-"));
  const auditLog = join(directory, "audit.log");
  const { status } = spawnSync(process.execPath, [VITEST, "run", "--project", "kubernetes", ...filters, ...options], {
    stdio: "inherit",
    env: {
      ...process.env,
      ...(some ? { REMEDIATION_SCENARIOS: wantedScenarios.join(",") } : {}),
      ...(whole ? { REMEDIATION_AUDIT_LOG: auditLog } : {}),
    },
  });
  process.exitCode = status ?? 1;
  // Only the whole suite uses every permission, and only on a cluster of its own is the log the suite's alone.
  if (status === 0 && existsSync(auditLog) && !reportPermissions(grantedRbac(), auditLog)) process.exitCode = 1;
  rmSync(directory, { recursive: true });
}
