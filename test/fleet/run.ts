import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClusterError } from "../../local/cluster/errors.ts";
import { CommandError, ROOT, run, toolPath } from "../deployed/commands.ts";
import { EmulatorError } from "../deployed/emulator/errors.ts";
import { createQueue, subscribe } from "../deployed/queues.ts";
import { SITE_VARIABLE, writeSite, type Site } from "../deployed/site.ts";
import { applyRbac, bootstrap, deploy } from "../deployed/stack.ts";
import { startFleet, type FleetCloud } from "./cloud.ts";
import { asOther, EXTERNAL_ID, PARAMETER, PLACE, QUIET, SHOP, type FleetSite } from "./places.ts";

/** `npm run test:fleet` deploys a hub once, and the spokes by their template into another account, and runs the tests. */

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const started = Date.now();
const interruption = new AbortController();
const { signal } = interruption;
const interrupt = () => {
  interruption.abort();
};
process.on("SIGINT", interrupt).on("SIGTERM", interrupt);

try {
  const cloud = await startFleet({ progress, signal });
  const ending = new AbortController();
  const work = deployAndTest(cloud, AbortSignal.any([signal, ending.signal]));
  try {
    const failure = await Promise.race([work, cloud.failed]);
    if (failure !== undefined) throw new CommandError(failure);
    signal.throwIfAborted();
  } finally {
    ending.abort();
    await work.catch(() => undefined);
    progress("Stopping the emulator and the control planes");
    await cloud.stop();
  }
} catch (error) {
  if (signal.aborted) progress("Interrupted; everything has been stopped.");
  else if (error instanceof ClusterError || error instanceof EmulatorError || error instanceof CommandError) {
    process.stderr.write(`${error.message}\n`);
  } else throw error;
  process.exitCode = signal.aborted ? 130 : 1;
}

async function deployAndTest(cloud: FleetCloud, until: AbortSignal): Promise<void> {
  const { emulator } = cloud;
  progress("Deploying the hub");
  await bootstrap(cloud, until);
  const outputs = await deploy(cloud, until, { fleet: PARAMETER, schedule: "off" });
  progress("Deploying the spokes from their template");
  const template = join(cloud.directory, "spoke.json");
  writeFileSync(template, await run(["npm", "run", "--silent", "spoke:template"]));
  for (const { name } of [SHOP, QUIET]) {
    const parameters = {
      ClusterName: name,
      HubAccountId: PLACE.account,
      ExternalId: EXTERNAL_ID,
    };
    const overrides = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
    await run(
      [
        ...[...emulator.awsCli, "cloudformation", "deploy", "--stack-name", `eks-remediation-spoke-${name}`],
        ...["--template-file", template, "--capabilities", "CAPABILITY_NAMED_IAM"],
        ...["--parameter-overrides", ...overrides],
      ],
      { env: { ...emulator.env, ...asOther() }, signal: until },
    );
  }
  for (const cluster of [cloud.cluster, cloud.shop]) await applyRbac(outputs, cluster);
  Object.assign(process.env, emulator.env);
  const everything = await createQueue(emulator.awsCli, "everything", outputs.TopicArn);
  await subscribe(outputs.TopicArn, everything, {});
  const file = writeSite(cloud, outputs, everything.url);
  const site: FleetSite = { ...(JSON.parse(readFileSync(file, "utf8")) as Site), shop: cloud.shop };
  writeFileSync(file, JSON.stringify(site));
  until.throwIfAborted();
  progress("Running the tests");
  const env = { ...process.env, PATH: toolPath(process.env["PATH"]), [SITE_VARIABLE]: file };
  const command = [VITEST, "run", "--project", "fleet", ...process.argv.slice(2)];
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: "inherit", env });
  until.addEventListener("abort", () => child.kill("SIGTERM"));
  process.exitCode = await new Promise<number>((done) => {
    child.on("exit", (code) => {
      done(code ?? 1);
    });
  });
}

function progress(line: string): void {
  process.stderr.write(`[${((Date.now() - started) / 1_000).toFixed(0).padStart(3)} s] ${line}\n`);
}
