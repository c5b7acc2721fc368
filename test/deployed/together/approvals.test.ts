import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, inject, it, onTestFinished } from "vitest";
import { Scenario } from "../../kubernetes/scenario.ts";
import { applyWeb, rollOutWeb } from "../../kubernetes/web.ts";
import { invokeAgent } from "../agent.ts";
import { lookBack, set } from "../command-line.ts";
import { about, changesBy } from "../deployed.ts";
import { execute } from "../executions.ts";
import { browse } from "../function-url.ts";
import { Inbox } from "../inbox.ts";

/** Past the policy's `stable_seconds`: what fails later is not this revision's fault. */
const UNTIL_STABLE = 7_000;

let byLink: Scenario;
let byAgent: Scenario;
let byPerson: Scenario;
beforeAll(async () => {
  byLink = await Scenario.create("approved-by-link");
  byAgent = await Scenario.create("approved-by-agent");
  byPerson = await Scenario.create("approved-too-late");
  const namespaces = [byLink, byAgent, byPerson].map(({ namespace }) => namespace);
  await set([{ namespaces, modes: { found: "approve" } }]);
});
afterAll(async () => {
  await set([]);
  await byLink.remove();
  await byAgent.remove();
  await byPerson.remove();
});

/** Has a rollout break `web`, which the schedule finds. @returns what is proposed, and what is told from then on */
async function proposed(scenario: Scenario) {
  const inbox = await Inbox.subscribe({ namespace: [scenario.namespace] });
  onTestFinished(() => inbox.close());
  await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
  await sleep(UNTIL_STABLE);
  const annotations = '"simulation/failure": crash-loop';
  await applyWeb(scenario, { image: "shop/web:2", annotations, probe: true, progressDeadlineSeconds: 30 });
  const { document } = await inbox.message(({ document: { reason } }) => reason === "ApprovalNeeded");
  const { plan = "", url = "" } = document.proposal ?? {};
  return { inbox, plan, url };
}

/** Makes what is remembered of `web` as old as if two days had passed. */
async function age({ namespace, kubectl }: Pick<Scenario, "namespace" | "kubectl">): Promise<void> {
  const lease = ["-n", "eks-remediation", "lease", `deployment.${namespace}.web`];
  const history = JSON.parse(await kubectl("get", ...lease, "-o", "json")) as {
    metadata: { annotations: Record<string, string> };
  };
  const aged = Object.entries(history.metadata.annotations).map(
    ([key, value]) => `${key}=${value.replace(MOMENT, twoDaysBefore)}`,
  );
  await kubectl("annotate", "--overwrite", ...lease, ...aged);
}

const twoDaysBefore = (moment: string) => new Date(Date.parse(moment) - 172_800_000).toISOString();

/** A moment as the history has it. */
const MOMENT = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** What was changed but for what says so. */
const changes = ({ namespace }: Scenario) =>
  changesBy(undefined, namespace).filter((change) => change.includes("deployments"));

describe.concurrent("what has to be approved", () => {
  it("is done once somebody presses the button of the link that they were sent, and what they take back then stays so", async ({
    expect,
  }) => {
    const { inbox, plan, url } = await proposed(byLink);
    const page = await browse(url);
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining("revision 1") as string });
    expect(changes(byLink)).toEqual([]);

    expect((await browse(url, { decision: "approve", name: "Ann" })).status).toBe(200);
    const { document } = await inbox.message(({ document: { outcome } }) => outcome === "Recovered");

    expect(document).toMatchObject({ action: "rollback", requested_by: expect.stringContaining("Ann") as string });
    expect(await byLink.image()).toBe("shop/web:1");
    expect(changes(byLink)).toEqual(["patch deployments"]);
    const { id } = document.execution;
    const [shown] = await lookBack("show", id);
    expect(shown).toMatchObject({
      approval: { decision: "approve", plan, origin: "person" },
      requested_by: expect.stringContaining("Ann") as string,
    });

    await lookBack("undo", id, "--machine", inject("site").StateMachineArn);
    expect(await byLink.image()).toBe("shop/web:2");
    await byLink.untilFailing("CrashLoopBackOff");
    for (let run = 0; run < 2; run++) {
      const found = await execute(about(byLink, {}));
      expect(found.workloads.map(({ reason }) => reason)).not.toContain("ApprovalNeeded");
    }
    expect(changes(byLink)).toEqual(["patch deployments", "patch deployments"]);
  });

  it("is done once for an agent that says which plan, however often it says so, and not for a plan that it guesses", async ({
    expect,
  }) => {
    const { plan } = await proposed(byAgent);
    const decision = (action: string, more: object) =>
      about(byAgent, { action, kind: "Deployment", name: "web", plan, wait: true, ...more });

    const guessed = await invokeAgent(decision("approve", { plan: "0123456789abcdef" }));
    const declined = await invokeAgent(decision("decline", { requested_by: "an agent" }));
    expect(changes(byAgent)).toEqual([]);
    const key = { idempotency_key: byAgent.namespace };
    const approved = await Promise.all([1, 2].map(() => invokeAgent(decision("approve", key))));

    expect(guessed).toMatchObject({ output: { workloads: [{ outcome: "Skipped", reason: "PlanChanged" }] } });
    expect(declined).toMatchObject({ output: { workloads: [{ outcome: "Skipped", reason: "Declined" }] } });
    for (const each of approved)
      expect(each).toMatchObject({ output: { workloads: [{ outcome: "Recovered", action: "rollback" }] } });
    expect(changes(byAgent)).toEqual(["patch deployments"]);
  });

  it("is not done where it was proposed too long ago, or the workload is another by now, and done when a person approves what is proposed then", async ({
    expect,
  }) => {
    const { inbox, plan } = await proposed(byPerson);
    const approve = async (what: string) =>
      await execute(
        about(byPerson, {
          action: "approve",
          kind: "Deployment",
          name: "web",
          plan: what,
          origin: "person",
          requested_by: "Bob",
        }),
      );

    await age({ namespace: byPerson.namespace, kubectl: (...args) => byPerson.kubectl(...args) });
    const late = await approve(plan);
    const annotations = '"simulation/failure": crash-loop';
    await applyWeb(byPerson, { image: "shop/web:3", annotations, probe: true, progressDeadlineSeconds: 30 });
    const { document } = await inbox.message(
      ({ document: { reason, proposal } }) => reason === "ApprovalNeeded" && proposal?.plan !== plan,
    );
    const other = await approve(plan);
    expect(changes(byPerson)).toEqual([]);
    const approved = await approve(document.proposal?.plan ?? "");

    expect(late.workloads).toMatchObject([{ outcome: "Skipped", reason: "ApprovalExpired" }]);
    expect(other.workloads).toMatchObject([{ outcome: "Skipped", reason: "PlanChanged" }]);
    expect(approved.workloads).toMatchObject([{ outcome: "Recovered", action: "rollback" }]);
    expect(await byPerson.image()).toBe("shop/web:1");
    expect(changes(byPerson)).toEqual(["patch deployments"]);
  });
});
