import { remedyFor } from "../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../functions/remedies/step.ts";
import fc from "../../support/properties.ts";
import { claim } from "../../../functions/claim/handler.ts";
import { diagnose } from "../../../functions/classify/handler.ts";
import { detect } from "../../../functions/detect/handler.ts";
import { notify } from "../../../functions/notify/handler.ts";
import { WorkloadRun, type Incident } from "../../../functions/run/contracts.ts";
import { type Detection } from "../../../functions/run/detection.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import type { Policy } from "../../../functions/shared/policy.ts";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import { verifyWorkload } from "../../../functions/verify/handler.ts";
import { expectPayload, resultOf } from "../broken.ts";
import { expectStormOnly, expectWithinPlan, expectWithinPolicy } from "../scope.ts";
import { somePolicy, worlds } from "../seeds.ts";
import { environmentOf, field, policyOf, type Target } from "../target.ts";
import { expectHonest } from "../told.ts";
import { WorldCluster } from "../world.ts";
import { REQUESTS } from "./requests.ts";

const restartPods = remedyStep(remedyFor("restart"));
const rollback = remedyStep(remedyFor("rollback"));
const scaleWorkload = remedyStep(remedyFor("scale"));

const EXECUTION = { id: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1", name: "run-1" };
/** How many incidents of one detection are remedied. */
const INCIDENTS = 2;

type Payload = Record<string, unknown>;

export const remediation: Target = {
  name: "remediation",
  summary: "every step of a run after another, each with what the one before made of a cluster that answers anything",
  seeds: fc.record({ request: fc.constantFrom(...REQUESTS), policy: somePolicy, world: worlds }),
  run: async (input) => {
    const policy = policyOf(field(input, "policy"));
    const cluster = new WorldCluster(field(input, "world"));
    const published: Notification[] = [];
    const environment = environmentOf(cluster, policy, published);
    const found = await resultOf(() => detect(environment)(field(input, "request")));
    if ("refused" in found) return;
    const detection = found.result;
    if (detection.status === "storm") {
      const remembered = await resultOf(() =>
        claim(environment)({ operation: "storm", detection, execution: EXECUTION }),
      );
      if ("result" in remembered) expectPayload({ detection, memory: remembered.result });
      expectStormOnly(detection, cluster.written);
      await resultOf(() =>
        notify(environment)({ about: "storm", memory: { status: "tell" }, detection, execution: EXECUTION }),
      );
    } else {
      for (const incident of detection.incidents.slice(0, INCIDENTS)) {
        await remedy(cluster, environment, policy, detection, incident);
      }
    }
    cluster.expectKept();
    for (const notification of published) expectHonest(notification);
  },
};

/** The states of the Map, one after the other, as the definition has them. */
async function remedy(
  cluster: WorldCluster,
  environment: NotifyEnvironment,
  policy: Policy,
  { cluster_name, dry_run }: Detection,
  incident: Incident,
): Promise<void> {
  const run: Payload = { cluster_name, dry_run, execution: EXECUTION, incident };
  const before = cluster.written.length;
  await untilRefused(run, environment);
  const about = WorkloadRun.parse(run);
  const written = cluster.written.slice(before);
  expectWithinPolicy(about, written, policy);
  expectWithinPlan(about, written);
  await resultOf(() => notify(environment)({ about: "workload", run }));
  await resultOf(() => claim(environment)({ operation: "release", run }));
  expectWithinPlan(about, cluster.written.slice(before));
}

async function untilRefused(run: Payload, environment: NotifyEnvironment): Promise<void> {
  const steps: [field: string, when: () => boolean, call: () => Promise<unknown>][] = [
    ["claim", () => true, () => claim(environment)({ operation: "acquire", run })],
    ["diagnosis", () => field(run["claim"], "status") === "claimed", () => diagnose(environment)(run)],
    ["remedy", () => actionOf(run) === "restart", () => restartPods(environment)({ run })],
    ["remedy", () => actionOf(run) === "rollback", () => rollback(environment)({ operation: "apply", run })],
    ["remedy", () => actionOf(run) === "scale", () => scaleWorkload(environment)({ operation: "apply", run })],
    ["verification", () => isApplied(run), () => verifyWorkload(environment)({ operation: "remedy", run })],
    [
      "undo",
      () => isApplied(run) && actionOf(run) === "rollback",
      () => rollback(environment)({ operation: "undo", run }),
    ],
    [
      "undo",
      () => isApplied(run) && actionOf(run) === "scale",
      () => scaleWorkload(environment)({ operation: "undo", run }),
    ],
    [
      "undo_verification",
      () => run["undo"] !== undefined,
      () => verifyWorkload(environment)({ operation: "undo", run }),
    ],
  ];
  for (const [name, when, call] of steps) {
    if (!when()) continue;
    const outcome = await resultOf(call);
    if ("refused" in outcome) {
      run["error"] = { Error: outcome.refused, Cause: JSON.stringify({ errorMessage: "refused" }) };
      return;
    }
    run[name] = outcome.result;
    expectPayload(run);
  }
}

function actionOf(run: Payload): unknown {
  return field(field(run["diagnosis"], "remedy"), "action");
}

function isApplied(run: Payload): boolean {
  return field(run["remedy"], "status") === "applied";
}
