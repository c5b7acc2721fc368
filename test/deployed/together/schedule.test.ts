import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { applyWeb, rollOutWeb } from "../../kubernetes/web.ts";
import { CLUSTER_NAME } from "../cloud.ts";
import { changesBy, it } from "../deployed.ts";
import { ended } from "../executions.ts";
import type { Message } from "../inbox.ts";

/** Past the policy's `stable_seconds`: what fails later is not this revision's fault. */
const UNTIL_STABLE = 7_000;

/** Whether it is not of a run that began while another one was still at it, and left the workload to that one. */
const byItsHolder = ({ document }: Message) => document.reason !== "AlreadyClaimed";

describe("the schedule", () => {
  it("finds a workload that a bad rollout broke, puts the earlier image back and tells subscribers", async ({
    scenario,
    inbox,
    expect,
  }) => {
    const { namespace } = scenario;
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await sleep(UNTIL_STABLE);
    await applyWeb(scenario, {
      image: "shop/web:2",
      annotations: '"simulation/failure": crash-loop',
      probe: true,
      progressDeadlineSeconds: 30,
    });

    // One period until the rule fires for the first time, another if that came before the rollout's deadline.
    const { document, attributes } = await inbox.message(byItsHolder);

    expect(document).toMatchObject({
      outcome: "Recovered",
      cluster_name: CLUSTER_NAME,
      workload: { kind: "Deployment", namespace, name: "web" },
      cause: "CrashLoopAfterRollout",
      action: "rollback",
      needs_person: false,
      dry_run: false,
      change: { kind: "rollback", before: { revision: 2 }, after: { revision: 1 } },
      verified: "yes: it is well, and stayed so for the whole soak time",
    });
    expect(attributes).toEqual({
      outcome: "Recovered",
      cluster: CLUSTER_NAME,
      namespace,
      cause: "CrashLoopAfterRollout",
      needs_person: "false",
    });
    expect(await scenario.image()).toBe("shop/web:1");
    expect((await scenario.deployment()).status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2 });
    expect(changesBy("rollback", namespace).filter((change) => !change.endsWith("events"))).toEqual([
      "patch deployments",
    ]);
    // By the function that looks first, once there was something to do.
    expect(document.execution.id).toMatch(/:schedule-[0-9a-f-]{36}$/);
    expect(await ended(document.execution.id)).toMatchObject({
      status: "SUCCEEDED",
      request: { cluster_name: CLUSTER_NAME },
    });
    expect((await inbox.messages()).filter(byItsHolder)).toHaveLength(1);
  });
});
