import { expect, it } from "vitest";
import { DEPLOYMENT } from "../../functions/kinds/deployment/kind.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type {
  RemedyResult,
  UndoResult,
  UndoVerification,
  Verification,
  WorkloadRun,
} from "../../functions/run/contracts.ts";
import { NOTHING_RESTS } from "../../functions/run/detection.ts";
import { settling, undoSettling } from "../../functions/run/settling.ts";
import { Policy } from "../../functions/shared/policy.ts";
import { verify } from "../../functions/verify/verify.ts";
import { startExecution, type ExecutionEvent, type FunctionCall } from "../../local/engine/engine.ts";
import { deedOf } from "../../statemachines/by-name.ts";
import { longestHistory, MAX_HISTORY } from "../../infra/limits.ts";
import { WORKLOADS_AT_ONCE } from "../../statemachines/remediation.ts";
import { Histories } from "../faults/load/history.ts";
import { bytesOf, LargestPayloads, MAX_PAYLOAD } from "../faults/load/payloads.ts";
import { crashingPod, deployment, incident, NOW } from "../support/objects.ts";
import { diagnosis, remedyResult } from "../support/runs.ts";
import { unreachableEnvironment } from "../support/scripted.ts";

const WORKLOADS = 200;
const policy = Policy.parse({});

/** What time it is for each workload, in milliseconds: nobody waits in earnest. */
const clocks = new Map<string, number>();
const nowFor = ({ incident }: WorkloadRun) => new Date(clocks.get(incident.workload.name) ?? NOW.getTime());

/** The answer; by the next step it is as much later as the state machine waits for it. */
function waiting<Answer>(run: WorkloadRun, answer: Answer, seconds: number): Answer {
  clocks.set(run.incident.workload.name, nowFor(run).getTime() + seconds * 1_000);
  return answer;
}

const broken = {
  kind: DEPLOYMENT,
  workload: deployment({ replicas: 1 }),
  pods: [crashingPod({ name: "web-1-bad" })],
  controllers: [],
  hpa: undefined,
  others: [],
};

const detection = {
  status: "failing",
  cluster_name: "prod",
  at: NOW.toISOString(),
  dry_run: false,
  pods_seen: 1_000,
  workloads_seen: WORKLOADS,
  failing_pods: 1_000,
  incidents: Array.from({ length: WORKLOADS }, (_, index) =>
    incident({ workload: { kind: "Deployment", namespace: "shop", name: `web-${index}` } }),
  ),
  omitted: 0,
  out_of_scope: 0,
  in_rollout: [],
  resting: NOTHING_RESTS,
  unseen: [],
  storm_seen: [],
};

/** What each function answers about a workload whose remedy never helps, and whose undo never takes effect. */
function answer({ functionName, input }: FunctionCall): unknown {
  const { operation, run } = input as { operation?: string; run: WorkloadRun };
  switch (functionName) {
    case "detect":
      return detection;
    case "claim":
      if (operation === "acquire") return { status: "claimed", lease: "lease" };
      return { ...run.report, delivered: run.report !== undefined };
    case "classify":
      return diagnosis({ progress_deadline_seconds: policy.verify.deadline_seconds });
    case "rollback":
      return operation === "apply" ? applied(run) : undone(run);
    case "verify":
      return operation === "remedy" ? looked(run) : lookedAtUndo(run);
    default:
      throw new Error(`${functionName} is not needed here.`);
  }
}

function applied(run: WorkloadRun): RemedyResult {
  const times = settling(run, policy, nowFor(run));
  return waiting(run, remedyResult(times), times.wait_seconds);
}

function looked(run: WorkloadRun): Verification {
  const verification = verify(run, broken, policy, nowFor(run));
  return waiting(run, verification, verification.verdict === "settling" ? verification.wait_seconds : 0);
}

function undone(run: WorkloadRun): UndoResult {
  const times = undoSettling(policy, nowFor(run));
  return waiting(run, { status: "applied", message: "Put back.", ...times }, times.wait_seconds);
}

function lookedAtUndo(run: WorkloadRun): UndoVerification {
  const late = nowFor(run).getTime() >= Date.parse(run.undo?.deadline ?? "");
  const verdict = late ? "not_undone" : "settling";
  return waiting(run, { verdict, reasons: ["it is as the remedy left it"] }, run.undo?.wait_seconds ?? 0);
}

it("one run tells of each of 200 workloads of which none recovers, and comes near no limit", async () => {
  const sent: Notification[] = [];
  const histories = new Histories();
  const payloads = new LargestPayloads();
  const [underWay, most] = [new Set<number>(), { workloads: 0 }];
  const see = ({ type, state, iteration, input, output }: ExecutionEvent) => {
    if (type === "exited") payloads.see(state, "output", output);
    if (type === "exited" && deedOf(state) === "release" && iteration !== undefined) underWay.delete(iteration);
    if (type !== "entered") return;
    payloads.see(state, "input", input);
    histories.see(iteration, type, kindOf(state));
    if (iteration !== undefined) underWay.add(iteration);
    most.workloads = Math.max(most.workloads, underWay.size);
  };
  const execution = startExecution({
    input: { cluster_name: "prod" },
    name: "scheduled-1",
    environment: unreachableEnvironment(new Error("There is no cluster."), sent),
    sleep: () => Promise.resolve(),
    call: (call, handle) => (call.functionName === "notify" ? handle(call.environment) : Promise.resolve(answer(call))),
    onEvent: see,
  });

  const result = await execution.result;

  if (result.status !== "succeeded") throw new Error(JSON.stringify(result));
  const output = result.output as { outcomes: string[]; workloads: { workload: { name: string } }[] };
  const names = (told: { workload?: { name: string } | undefined }[]) =>
    told.map(({ workload }) => workload?.name).sort();
  const all = names(detection.incidents);
  expect(new Set(output.outcomes)).toEqual(new Set(["Unresolved"]));
  expect(names(output.workloads)).toEqual(all);
  expect(names(sent.map(({ report }) => report))).toEqual(all);
  expect(most.workloads).toBeLessThanOrEqual(WORKLOADS_AT_ONCE);
  expect(histories.run).toBeLessThan(50);
  expect(histories.longestOfWorkload).toBeGreaterThan(250);
  expect(histories.longestOfWorkload).toBeLessThanOrEqual(longestHistory(policy));
  expect(longestHistory(policy)).toBeLessThan(MAX_HISTORY / 5);
  expect(bytesOf(output)).toBeLessThan(MAX_PAYLOAD);
  expect(payloads.all[0]?.bytes).toBeLessThan(MAX_PAYLOAD);
});

function kindOf(state: string): "task" | "map" | "other" {
  if (deedOf(state) !== undefined) return "task";
  return state === "Remediate each workload" ? "map" : "other";
}
