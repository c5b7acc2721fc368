import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { newestHealthyRevision } from "../../functions/facts/proof.ts";
import { rollBack } from "../../functions/remedies/rollback/carry-out.ts";
import type { RollbackPlan } from "../../functions/remedies/rollback/contract.ts";
import { switchTemplate } from "../../functions/remedies/rollback/switch-template.ts";
import type { WorkloadRef } from "../../functions/shared/refs.ts";
import { DAEMON_SET } from "../../functions/kinds/daemon-set/kind.ts";
import type { Kind } from "../../functions/kinds/kind.ts";
import { readParts } from "../../functions/kinds/pods.ts";
import { CONTROLLER_REVISIONS } from "../../functions/kinds/revisions/controller-revisions.ts";
import { currentRevision, revisionRef, type Revision } from "../../functions/kinds/revisions/revision.ts";
import { STATEFUL_SET } from "../../functions/kinds/stateful-set/kind.ts";
import type { ControllerRevision, DaemonSet, Pod, StatefulSet } from "../../functions/shared/kubernetes/types.ts";
import { podsToUnblock } from "../../functions/kinds/stateful-set/unblocking.ts";
import { readWorkload } from "../../functions/kinds/workloads.ts";
import { rolloutGaps } from "../../functions/kinds/gaps.ts";
import type { Writer } from "../../functions/remedies/writer.ts";
import { writerFor } from "../support/writers.ts";
import { it, type Scenario } from "./scenario.ts";

const CRASH = '"simulation/failure": crash-loop';

/** What the API server shows of a set. */
interface Seen {
  workload: StatefulSet | DaemonSet;
  pods: Pod[];
  revisions: Revision[];
}

/** A StatefulSet `db` or a DaemonSet `agent` of a scenario. */
class Subject {
  readonly ref: WorkloadRef;
  readonly #scenario: Scenario;

  constructor(scenario: Scenario, kind: "StatefulSet" | "DaemonSet") {
    this.#scenario = scenario;
    this.ref = { kind, namespace: scenario.namespace, name: kind === "StatefulSet" ? "db" : "agent" };
  }

  get #kind(): Kind {
    return this.ref.kind === "StatefulSet" ? STATEFUL_SET : DAEMON_SET;
  }

  async apply(version: number, annotations = ""): Promise<void> {
    const { name } = this.ref;
    await this.#scenario.apply(name, { IMAGE: `shop/${name}:${version}`, ANNOTATIONS: annotations });
  }

  async rollOut(version: number, annotations = ""): Promise<void> {
    await this.apply(version, annotations);
    const { kind, name } = this.ref;
    const status = ["rollout", "status", `${kind.toLowerCase()}/${name}`, "--timeout=300s"];
    await this.#scenario.kubectl("-n", this.#scenario.namespace, ...status);
  }

  async see(): Promise<Seen> {
    const cluster = await this.#scenario.client();
    const workload = (await readWorkload(cluster, this.ref)) as StatefulSet | DaemonSet;
    const { pods, holders } = await readParts(cluster, this.#kind, this.ref, workload);
    return {
      workload,
      pods,
      revisions: CONTROLLER_REVISIONS.revisions(workload, holders as ControllerRevision[], pods),
    };
  }

  /** What the rollback to the newest healthy revision is, or to that one. */
  async plan(name?: string): Promise<RollbackPlan> {
    const { workload, pods, revisions } = await this.see();
    const current = currentRevision(revisions);
    const target =
      name === undefined
        ? newestHealthyRevision(revisions, { stableSeconds: 600 })?.revision
        : revisions.find((revision) => revision.name === name);
    if (current === undefined || target === undefined) throw new Error("There is nothing to roll back to.");
    const after = revisionRef(target);
    const unblocked = this.ref.kind === "StatefulSet" ? podsToUnblock(workload as StatefulSet, pods, after) : [];
    return { action: "rollback", before: revisionRef(current), after, unblocked };
  }

  async rollBack(plan: RollbackPlan, dryRun = false): Promise<string[]> {
    const { unblocked } = await rollBack(await this.writer(plan, dryRun), plan, () => Promise.resolve(!dryRun));
    return unblocked.map(({ name }) => name);
  }

  /** Puts the plan's template in place, or the one that it replaces, and does nothing else. */
  async switchTemplate(plan: RollbackPlan, from = plan.before, to = plan.after): Promise<void> {
    await switchTemplate(await this.writer(plan), { from, to });
  }

  async writer(plan: RollbackPlan, dryRun = false): Promise<Writer> {
    return writerFor(await this.#scenario.client(), this.ref, plan, dryRun);
  }

  async untilWhole(): Promise<void> {
    await this.#scenario.until("every pod is ready and of the newest revision", async () => {
      return rolloutGaps(this.#kind, (await this.see()).workload).length === 0;
    });
  }

  async image(): Promise<string | undefined> {
    return (await this.see()).workload.spec?.template.spec?.containers[0]?.image;
  }
}

/** What would be different if anything had been written or replaced. */
function fingerprint({ workload, pods }: Seen): unknown {
  return { generation: workload.metadata?.generation, pods: pods.map(({ metadata }) => metadata?.uid).sort() };
}

/** The images that the pods really run. */
function images({ pods }: Seen): (string | undefined)[] {
  return pods.map(({ spec }) => spec?.containers[0]?.image);
}

describe.concurrent("a StatefulSet whose update got stuck", () => {
  it("goes back to the revision that still serves, and the pod that it waited for is deleted once", async ({
    scenario,
    expect,
  }) => {
    const db = new Subject(scenario, "StatefulSet");
    await db.rollOut(1);
    await db.apply(2, CRASH);
    await scenario.untilFailing("CrashLoopBackOff");
    const plan = await db.plan();
    expect(plan).toMatchObject({ before: { revision: 2 }, after: { revision: 1 }, unblocked: [{ name: "db-2" }] });

    expect(await db.rollBack(plan)).toEqual(["db-2"]);
    await db.untilWhole();

    const after = await db.see();
    expect(images(after)).toEqual(["shop/db:1", "shop/db:1", "shop/db:1"]);
    // Its number is new, and for how long it served before is not known any more.
    expect(currentRevision(after.revisions)).toMatchObject({ name: plan.after.name, revision: 3, numbers: [] });

    expect(await db.rollBack(plan)).toEqual(["db-2"]);
    expect(fingerprint(await db.see())).toEqual(fingerprint(after));
  });

  it("stays stuck with the template alone, until the rollback is finished", async ({ scenario, expect }) => {
    const db = new Subject(scenario, "StatefulSet");
    await db.rollOut(1);
    await db.apply(2, CRASH);
    await scenario.untilFailing("CrashLoopBackOff");
    const plan = await db.plan();

    await db.switchTemplate(plan);
    const stuck = async () => rolloutGaps(STATEFUL_SET, (await db.see()).workload);
    await scenario.until("its controller has seen the template", async () =>
      (await stuck()).includes("2 of 3 replicas updated"),
    );
    await sleep(5_000); // many times what its controller needs to replace a pod
    expect(await stuck()).toContain("2 of 3 replicas updated");

    expect(await db.rollBack(plan)).toEqual(["db-2"]);
    await db.untilWhole();
  });

  it("goes back from a revision that broke after it was rolled out, pod by pod", async ({ scenario, expect }) => {
    const db = new Subject(scenario, "StatefulSet");
    await db.rollOut(1);
    const first = currentRevision((await db.see()).revisions)?.name;
    await db.rollOut(2);
    await scenario.annotatePods("simulation/failure=crash-loop");
    await scenario.untilFailing("CrashLoopBackOff", 3);
    const plan = await db.plan(first);

    expect(await db.rollBack(plan)).toEqual(["db-0", "db-1", "db-2"]);
    await db.untilWhole();
    expect(images(await db.see())).toEqual(["shop/db:1", "shop/db:1", "shop/db:1"]);
  });
});

describe.concurrent("a DaemonSet whose update got stuck", () => {
  it("goes back to the revision that still serves, without any help; undone, it has the newer template", async ({
    scenario,
    expect,
  }) => {
    const agent = new Subject(scenario, "DaemonSet");
    await agent.rollOut(1);
    await agent.apply(2, CRASH);
    await scenario.untilFailing("CrashLoopBackOff");
    const plan = await agent.plan();
    expect(plan).toMatchObject({ before: { revision: 2 }, after: { revision: 1 }, unblocked: [] });

    await agent.rollBack(plan);
    await agent.untilWhole();
    const after = await agent.see();
    expect(new Set(images(after))).toEqual(new Set(["shop/agent:1"]));

    await agent.rollBack(plan);
    expect(fingerprint(await agent.see())).toEqual(fingerprint(after));

    await agent.switchTemplate(plan, plan.after, plan.before);
    expect(await agent.image()).toBe("shop/agent:2");
  });
});

describe.concurrent("the rollback of a set", () => {
  for (const kind of ["StatefulSet", "DaemonSet"] as const) {
    it(`that is a dry run changes nothing of a ${kind}`, async ({ scenario, expect }) => {
      const subject = new Subject(scenario, kind);
      await subject.rollOut(1);
      await subject.apply(2, CRASH);
      await scenario.untilFailing("CrashLoopBackOff");
      const before = await subject.see();

      await subject.rollBack(await subject.plan(), true);

      expect(fingerprint(await subject.see())).toEqual(fingerprint(before));
    });

    it(`leaves a ${kind} alone that somebody else changed since`, async ({ scenario, expect }) => {
      const subject = new Subject(scenario, kind);
      await subject.rollOut(1);
      await subject.apply(2, CRASH);
      await scenario.untilFailing("CrashLoopBackOff");
      const plan = await subject.plan();
      await subject.apply(3, CRASH);

      await expect(subject.rollBack(plan)).rejects.toMatchObject({ name: "ObjectChanged" });
      expect(await subject.image()).toBe(`shop/${subject.ref.name}:3`);
    });
  }
});
