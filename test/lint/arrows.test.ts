import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** What imports more than types in these tests. */
const OF_VALUES = "local/command-line/commands.ts";

/** Imports that are refused: by which rule, from where, to where. */
const REFUSED = [
  ["shared-needs-what-is-below", "functions/shared/text.ts", "functions/run/step.ts"],
  ["shared-needs-what-is-below", "functions/shared/errors.ts", "functions/kinds/kind.ts"],
  ["kinds-needs-what-is-below", "functions/kinds/kind.ts", "functions/run/step.ts"],
  ["kinds-needs-what-is-below", "functions/kinds/pods.ts", "functions/remedies/contracts.ts"],
  ["run-needs-what-is-below", "functions/run/event.ts", "functions/facts/case.ts"],
  ["run-needs-what-is-below", "functions/run/lease.ts", "functions/remedies/remedy.ts"],
  ["run-needs-what-is-below", "functions/run/tries.ts", "functions/notify/message.ts"],
  ["facts-needs-what-is-below", "functions/facts/state.ts", "functions/remedies/writer.ts"],
  ["facts-needs-what-is-below", "functions/facts/evidence.ts", "functions/classify/classify.ts"],
  ["scan-needs-what-is-below", "functions/scan/scan.ts", "functions/detect/target.ts"],
  ["scan-needs-what-is-below", "functions/scan/view.ts", "functions/remedies/remedy.ts"],
  ["executions-needs-what-is-below", "functions/executions/works-again.ts", "functions/notify/message.ts"],
  ["remedies-needs-what-is-below", "functions/remedies/remedies.ts", "functions/scan/scan.ts"],
  ["remedies-needs-what-is-below", "functions/remedies/restart/plan.ts", "functions/classify/classify.ts"],
  ["remedies-handler-is-a-step", "functions/remedies/handler.ts", "functions/notify/message.ts"],
  ["lambda-needs-what-is-below", "functions/lambda/environment.ts", "functions/notify/sns.ts"],
  ["steps-stand-alone", "functions/agent/agent.ts", "functions/detect/target.ts"],
  ["steps-stand-alone", "functions/made-up/handler.ts", "functions/verify/verify.ts"],
  ["only-handlers-know-lambda", "functions/verify/look.ts", "functions/lambda/lambda.ts"],
  ["shared-lists-no-remedies", "functions/shared/scope.ts", "functions/remedies/contracts.ts"],
  ["leaves-need-nothing", "functions/remedies/restart/contract.ts", "functions/shared/validation.ts"],
  ["leaves-need-nothing", "functions/remedies/contracts.ts", "functions/remedies/rollback/plan.ts"],
  ["remedies-stand-alone", "functions/remedies/scale/plan.ts", "functions/remedies/rollback/words.ts"],
  ["kinds-stand-alone", "functions/kinds/deployment/kind.ts", "functions/kinds/stateful-set/partition.ts"],
  ["kinds-stand-alone", "functions/kinds/revisions/history.ts", "functions/kinds/job/kind.ts"],
  ["client-sns-has-one-owner", "functions/lambda/metrics.ts", "node_modules/@aws-sdk/client-sns/index.ts"],
  ["client-dynamodb-has-one-owner", "functions/notify/sns.ts", "node_modules/@aws-sdk/client-dynamodb/index.ts"],
  ["client-eventbridge-has-one-owner", "functions/claim/claim.ts", "node_modules/@aws-sdk/client-eventbridge/index.ts"],
  ["client-s3-has-one-owner", "functions/run/step.ts", "node_modules/@aws-sdk/client-s3/index.ts"],
  ["client-sfn-has-one-owner", "functions/verify/hpa-settled.ts", "node_modules/@aws-sdk/client-sfn/index.ts"],
  ["client-eks-has-one-owner", "functions/run/settling.ts", "node_modules/@aws-sdk/client-eks/index.ts"],
  ["functions-need-no-tools", "functions/run/history.ts", "local/engine/engine.ts"],
  ["functions-need-no-tools", "functions/run/undo.ts", "statemachines/asl.ts"],
  ["workflow-needs-names", "statemachines/states.ts", "functions/run/step.ts"],
  ["infra-needs-contracts", "infra/stack.ts", "functions/detect/target.ts"],
  ["infra-needs-contracts", "infra/app.ts", "functions/run/lease.ts"],
  ["local-plays-what-is-deployed", "local/live/story.ts", "infra/stack.ts"],
  ["commands-begin-at-once", OF_VALUES, "local/command-line/run-on-cluster.ts"],
  ["embedded-stands-alone", "local/embedded/store.ts", "local/engine/engine.ts"],
  ["product-needs-no-tests", "tools/bench/pods.ts", "test/support/objects.ts"],
  ["nothing-missing", "tools/docs/main.ts", "tools/docs/not-there.ts"],
] as const;

/** Imports that have to be possible. */
const ALLOWED = [
  ["functions/detect/handler.ts", "functions/lambda/lambda.ts"],
  ["functions/remedies/handler.ts", "functions/lambda/lambda.ts"],
  ["functions/agent/agent.ts", "functions/scan/scan.ts"],
  ["functions/patrol/patrol.ts", "functions/executions/works-again.ts"],
  ["functions/classify/classify.ts", "functions/remedies/remedy.ts"],
  ["functions/remedies/restart/plan.ts", "functions/facts/case.ts"],
  ["functions/remedies/restart/plan.ts", "functions/remedies/remedy.ts"],
  ["functions/run/contracts.ts", "functions/remedies/contracts.ts"],
  ["functions/shared/policy.ts", "functions/remedies/contracts.ts"],
  ["functions/remedies/contracts.ts", "functions/remedies/restart/contract.ts"],
  ["functions/remedies/restart/contract.ts", "functions/shared/refs.ts"],
  ["functions/kinds/deployment/kind.ts", "functions/kinds/revisions/history.ts"],
  ["functions/notify/sns.ts", "node_modules/@aws-sdk/client-sns/index.ts"],
  ["local/live/story.ts", "functions/classify/classify.ts"],
  ["local/command-line/record-commands.ts", "local/command-line/look-back.ts"],
  ["test/support/objects.ts", "functions/shared/text.ts"],
] as const;

const CIRCLE = ["functions/claim/claim.ts", "functions/claim/storm.ts"] as const;
const ALONE = "functions/run/cool-down.ts";

let folder: string;
/** `rule: from → to`, for every import that the rules refuse. */
let refused: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "arrows-"));
  const imports = [...REFUSED.map(([, from, to]) => [from, to] as const), ...ALLOWED, CIRCLE, [CIRCLE[1], CIRCLE[0]]];
  const texts = new Map<string, string>([[ALONE, ""]]);
  for (const [from, to] of imports) {
    if (!to.includes("not-there")) texts.set(to, texts.get(to) ?? "");
    const path = relative(dirname(from), to);
    const line = `import ${from === OF_VALUES ? "" : "type {} from "}"${path.startsWith(".") ? path : `./${path}`}";\n`;
    texts.set(from, (texts.get(from) ?? "") + line);
  }
  for (const [file, text] of texts) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const config = fileURLToPath(new URL("../../.dependency-cruiser.mjs", import.meta.url));
  const { tsConfig: _tsConfig, ...options } = await extractOptions(config);
  const { output } = await cruise(["functions", "infra", "local", "statemachines", "test", "tools"], {
    ...options,
    baseDir: folder,
    validate: true,
  });
  if (typeof output === "string") throw new Error(output);
  refused = output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the rules on imports", () => {
  it.each(REFUSED)("%s: refuse %s → %s", (rule, from, to) => {
    const told = rule === "nothing-missing" ? "./not-there.ts" : to;

    expect(refused).toContain(`${rule}: ${from} → ${told}`);
  });

  it.each(ALLOWED)("allow %s → %s", (from, to) => {
    expect(refused.filter((said) => said.endsWith(`: ${from} → ${to}`))).toEqual([]);
  });

  it("refuse a circle, be it of types alone", () => {
    expect(refused).toContain(`no-circles: ${CIRCLE[0]} → ${CIRCLE[1]}`);
  });

  it("refuse what nobody imports and imports nothing", () => {
    expect(refused).toContain(`nothing-dead: ${ALONE} → ${ALONE}`);
  });
});
