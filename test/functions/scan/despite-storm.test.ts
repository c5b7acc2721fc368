import { describe, expect, it } from "vitest";
import { despiteStorm } from "../../../functions/scan/despite-storm.ts";
import { workloadKey, type FailingPod } from "../../../functions/scan/incidents.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import { claimSeconds, type Policy } from "../../../functions/shared/policy.ts";
import { NOW, policy } from "../../support/objects.ts";

const wanted = policy({ storm: { certain_rollbacks: true } });

const incidentOf = (namespace: string, name: string): Incident => ({
  workload: { kind: "Deployment", namespace, name },
  failures: [],
  failing_pods: 1,
  sample_pods: [],
});

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
  }: Partial<{ broken: Incident[]; rules: Policy; now: Date; more: FailingPod[] }> = {},
): Incident | undefined {
  const failedRollouts = new Set(broken.map(({ workload }) => workloadKey(workload)));
  const pods = [...inStorm.map((incident) => podOf(incident, "2")), ...more];
  return despiteStorm(inStorm, { pods, failedRollouts }, rules, now);
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
      despiteStorm([web], { pods: [], failedRollouts: new Set([workloadKey(web.workload)]) }, wanted, NOW),
    ).toBeUndefined();
  });

  it("is the same for as long as a remediation may take, then the next, of each namespace in turn", () => {
    const all = [...["a", "b", "c"].map((name) => incidentOf("evil", name)), web];
    const at = (turn: number, part = 0) => new Date((turn + part) * claimSeconds(wanted) * 1_000);
    const names = [0, 1, 2, 3, 4].map((turn) => chosen(all, { now: at(turn) })?.workload.name);

    expect(names).toEqual(["a", "web", "b", "c", "a"]);
    expect([0, 0.5, 0.99].map((part) => chosen(all, { now: at(1, part) })?.workload.name)).toEqual([
      "web",
      "web",
      "web",
    ]);
  });
});
