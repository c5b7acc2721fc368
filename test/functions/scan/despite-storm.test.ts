import { describe, expect, it } from "vitest";
import { despiteStorm } from "../../../functions/scan/despite-storm.ts";
import { workloadKey, type FailingPod } from "../../../functions/scan/incidents.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import { newLease } from "../../../functions/run/lease.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import type { Policy } from "../../../functions/shared/policy.ts";
import { claimSeconds } from "../../../functions/run/pauses.ts";
import { NOW, policy } from "../../support/objects.ts";

const wanted = policy({ storm: { certain_rollbacks: true } });

const incidentOf = (namespace: string, name: string): Incident => ({
  workload: { kind: "Deployment", namespace, name },
  failures: [],
  failing_pods: 1,
  sample_pods: [],
});

const storm = { covers: ({ namespace }: WorkloadRef) => namespace === "covered" };

/** A failing pod of that revision. */
const podOf = ({ workload }: Incident, revision: string): FailingPod => ({
  name: `${revision}-x`,
  node: undefined,
  workload,
  failures: [],
  facts: { leftover: false, revision },
});

function chosen(
  inStorm: Incident[],
  {
    broken = inStorm,
    rules = wanted,
    now = NOW,
    more = [],
    claims = [],
  }: Partial<{ broken: Incident[]; rules: Policy; now: Date; more: FailingPod[]; claims: Lease[] | "unseen" }> = {},
): Incident | undefined {
  const failedRollouts = new Set(broken.map(({ workload }) => workloadKey(workload)));
  const pods = [...inStorm.map((incident) => podOf(incident, "2")), ...more];
  const seen = claims === "unseen" ? undefined : claims;
  return despiteStorm(inStorm, { pods, failedRollouts, storm, claims: seen }, rules, now);
}

describe("what a storm does not hold up", () => {
  const web = incidentOf("shop", "web");
  const db = incidentOf("shop", "db");

  it("is nothing, unless the policy wants it", () => {
    expect(chosen([web, db], { rules: policy() })).toBeUndefined();
  });

  it("is one workload that its own rollout has broken while it serves, marked as such", () => {
    expect(chosen([db, web], { broken: [web] })).toEqual({ ...web, despite_storm: true });
    expect(chosen([db, web], { broken: [] })).toBeUndefined();
    expect(chosen([])).toBeUndefined();
  });

  it("is none of which pods of an earlier revision fail, too, or of which no pod fails", () => {
    expect(chosen([web], { more: [podOf(web, "1")] })).toBeUndefined();
    expect(
      despiteStorm(
        [web],
        { pods: [], failedRollouts: new Set([workloadKey(web.workload)]), storm, claims: [] },
        wanted,
        NOW,
      ),
    ).toBeUndefined();
  });

  it("is the same for as long as a remediation may take, whatever else comes and goes, then another", () => {
    const all = Array.from({ length: 12 }, (_, index) => incidentOf(`team-${index}`, "web"));
    const at = (turn: number, part = 0) => new Date((turn + part) * claimSeconds(wanted) * 1_000);
    const names = Array.from({ length: 60 }, (_, turn) => chosen(all, { now: at(turn) })?.workload.namespace);

    expect(new Set(names).size).toBeGreaterThan(8);
    for (const part of [0, 0.5, 0.99]) expect(chosen(all, { now: at(1, part) })?.workload.namespace).toBe(names[1]);
    for (const gone of all.filter(({ workload }) => workload.namespace !== names[1])) {
      const left = all.filter((incident) => incident !== gone);
      expect(chosen(left, { now: at(1) })?.workload.namespace).toBe(names[1]);
    }
  });

  it("is of each namespace as often, however many workloads one has", () => {
    const all = [...Array.from({ length: 50 }, (_, index) => incidentOf("evil", `w-${index}`)), web];
    const at = (turn: number) => new Date(turn * claimSeconds(wanted) * 1_000);
    const turns = Array.from({ length: 100 }, (_, turn) => chosen(all, { now: at(turn) })?.workload.namespace);

    expect(turns.filter((namespace) => namespace === "shop").length).toBeGreaterThan(30);
  });

  it("is none while an execution holds the claim on one of the storm, or where that cannot be seen", () => {
    const held = (workload: WorkloadRef, seconds = 600) => newLease(workload, "another-run", seconds, NOW);

    expect(chosen([web, db], { claims: [held(db.workload)] })).toBeUndefined();
    // What is rolled back just now does not fail for its own part any more.
    expect(chosen([web], { claims: [held({ ...web.workload, name: "gone" })] })).toBeUndefined();
    expect(chosen([web], { claims: [held({ ...web.workload, namespace: "covered" })] })).toBeUndefined();
    expect(chosen([web], { claims: "unseen" })).toBeUndefined();

    expect(chosen([web], { claims: [held({ ...web.workload, namespace: "blog" })] })).toBeDefined();
    expect(chosen([web, db], { claims: [held(db.workload, 0)] })).toBeDefined();
  });
});
