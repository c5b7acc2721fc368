import { readFileSync } from "node:fs";
import type { WorkloadResult } from "../../../functions/run/contracts.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import type { Policy } from "../../../functions/shared/policy.ts";
import { startExecution, type FunctionName } from "../../../local/engine/engine.ts";
import { localEnvironment } from "../../../local/engine/environment.ts";
import { deedOf } from "../../../statemachines/by-name.ts";
import { Histories } from "./history.ts";
import { LargestPayloads, type Payload } from "./payloads.ts";

/** What the process is asked to run; on its standard input. */
export interface Order {
  /** The URL of the proxy. */
  server: string;
  request: object;
  policy: Policy;
}

/** What one execution took; on the standard output. */
export interface Measured {
  result: string;
  outcomes: string[];
  omitted: number;
  workloads: Pick<WorkloadResult, "outcome" | "reason" | "summary">[];
  notifications: number;
  /** The largest of each state, the largest first. */
  payloads: Payload[];
  /** The events of the run's own history, and of the longest one of a workload. */
  history: { run: number; workload: number };
  /** The most transitions of one workload that recovered. */
  transitionsOfRecovered: number;
  transitions: number;
  /** The most resident memory of the process, and the largest heap that was seen, in bytes. */
  peakResident: number;
  peakHeap: number;
  seconds: number;
}

// A process of its own, so that its memory is that of one execution with all of its functions.
const { server, request, policy } = JSON.parse(readFileSync(0, "utf8")) as Order;
process.stdout.write(JSON.stringify(await run()));
process.exit(0);

async function run(): Promise<Measured> {
  const notifications: Notification[] = [];
  const payloads = new LargestPayloads();
  const histories = new Histories();
  const outcomeOf = new Map<number, string>();
  let peakHeap = 0;
  const began = performance.now();
  const environment = new Map<FunctionName, ReturnType<typeof localEnvironment>>();
  const execution = startExecution({
    input: request,
    name: "load",
    environment: (name) => {
      const known = environment.get(name) ?? localEnvironment(connection(name), policy, notifications);
      environment.set(name, known);
      return known;
    },
    onEvent: ({ type, state, iteration, input, output }) => {
      peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
      if (type === "exited") payloads.see(state, "output", output);
      if (type === "exited" && deedOf(state) === "release" && iteration !== undefined)
        outcomeOf.set(iteration, (output as WorkloadResult).outcome);
      if (type === "entered") payloads.see(state, "input", input);
      if (type !== "entered" && type !== "retried") return;
      const kind = deedOf(state) !== undefined ? "task" : state === "Remediate each workload" ? "map" : "other";
      histories.see(iteration, type, kind);
    },
  });
  const result = await execution.result;
  const output = (result.status === "succeeded" ? result.output : {}) as Partial<Measured>;
  const recovered = [...histories.entered].filter(([iteration]) => outcomeOf.get(iteration) === "Recovered");
  payloads.see("(the execution)", "output", output);
  return {
    result: result.status === "failed" ? `failed: ${result.error.name}: ${result.error.cause}` : result.status,
    outcomes: output.outcomes ?? [],
    omitted: output.omitted ?? 0,
    workloads: (output.workloads ?? []).map(({ outcome, reason, summary }) => ({
      outcome,
      summary,
      ...(reason === undefined ? {} : { reason }),
    })),
    notifications: notifications.length,
    payloads: payloads.all.slice(0, 12),
    history: { run: histories.run, workload: histories.longestOfWorkload },
    transitions: histories.transitions,
    transitionsOfRecovered: Math.max(0, ...recovered.map(([, entered]) => entered)),
    peakResident: process.resourceUsage().maxRSS * 1_024,
    peakHeap,
    seconds: (performance.now() - began) / 1_000,
  };
}

function connection(name: FunctionName) {
  const headers = {
    "user-agent": `eks-remediation/load/${name}`,
    "impersonate-user": `eks-remediation:${name}`,
    "impersonate-group": `eks-remediation:${name}`,
  };
  return { name: "local", server, authenticate: () => Promise.resolve(headers) };
}
