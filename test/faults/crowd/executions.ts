import { setTimeout as sleep } from "node:timers/promises";
import type { Claim } from "../../../functions/run/contracts.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import type { Policy } from "../../../functions/shared/policy.ts";
import type { FaultProxy } from "../proxy/proxy.ts";
import { deedOf } from "../../../statemachines/by-name.ts";
import { runWorkflow, type Run, type RunOptions } from "../../../local/scenarios/run-workflow.ts";

/** An execution that is to be started. */
export interface Planned extends Pick<RunOptions, "onEvent" | "redrive" | "signal"> {
  /** Appears in claims and in the log of the proxy. */
  name: string;
  request: object;
  /** Its clock; the machine's by default. */
  now?: () => Date;
  onEntered?: (state: string) => Promise<void> | undefined;
}

/** An execution that was started. */
export interface Ended {
  name: string;
  /** Undefined when it was still running when its time was over. */
  run: Run | undefined;
}

/** What an execution got when it claimed a workload. */
export interface ClaimAnswer {
  execution: string;
  workload: WorkloadRef;
  claim: Claim;
}

/** Starts executions at the same moment, each function as its own Kubernetes group, and waits for all of them. */
export async function runAtOnce(
  proxy: FaultProxy,
  planned: readonly Planned[],
  policy: Policy,
  seconds: number,
): Promise<Ended[]> {
  const deadline = sleep(seconds * 1_000, undefined, { ref: false });
  return await Promise.all(
    planned.map(async ({ name, request, now = () => new Date(), ...rest }) => {
      const running = runWorkflow({
        connectionOf: (step) =>
          proxy.connection("local", {
            "user-agent": `eks-remediation/${name}/${step}`,
            "impersonate-user": `eks-remediation:${step}`,
            "impersonate-group": `eks-remediation:${step}`,
          }),
        request: { cluster_name: "local", ...request },
        name,
        policy,
        now,
        ...rest,
      });
      return { name, run: await Promise.race([running, deadline]) };
    }),
  );
}

/** The execution that made a request, by the log of the proxy. */
export function executionOf({ by }: { by: string }): string {
  return by.split("/")[1] ?? "";
}

/** What each execution got when it claimed a workload, in no order. */
export function claimAnswers(ended: readonly Ended[]): ClaimAnswer[] {
  return ended.flatMap(({ name, run }) =>
    (run?.events ?? [])
      .filter(({ type, state }) => type === "exited" && deedOf(state) === "claim")
      .flatMap(({ output }) => {
        const { incident, claim } = output as { incident: { workload: WorkloadRef }; claim?: Claim };
        return claim === undefined ? [] : [{ execution: name, workload: incident.workload, claim }];
      }),
  );
}

/** Lets everybody through when all are there, or after so many seconds. */
export function gate(count: number, seconds: number): () => Promise<void> {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let waiting = 0;
  return async () => {
    waiting++;
    if (waiting === count) open();
    await Promise.race([opened, sleep(seconds * 1_000, undefined, { ref: false })]);
  };
}
