import { describe, expect, it } from "vitest";
import { openCase } from "../../../functions/facts/case.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { remedyFor } from "../../../functions/remedies/remedies.ts";
import type { RequestedRemedy } from "../../../functions/run/contracts.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  hpa,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

/** A remedy that is asked for by its name. */
type Named = Exclude<RequestedRemedy, { action: "undo" }>;

const remedy = (requested: Named, seen: Partial<Evidence> = {}) =>
  remedyFor(requested.action).asked?.(requested, openCase(evidence(seen), policy()));

describe("a runbook that asks for a restart", () => {
  const restart = (seen: Partial<Evidence>) => remedy({ action: "restart", pod: "web-1-b" }, seen);

  it("gets the pod evicted that it names, well or not, and no other", () => {
    const others = [crashingPod({ name: "web-1-a" }), pod({ name: "web-1-c" })];
    const evicted = { action: "restart", mode: "evict", pods: [{ name: "web-1-b", uid: "web-1-b-uid" }] };

    expect(restart({ pods: [...others, pod({ name: "web-1-b" })] })).toEqual(evicted);
    expect(restart({ pods: [...others, crashingPod({ name: "web-1-b" })] })).toEqual(evicted);
  });

  it("is told that the last pod that is ready stays, unless it is the only one that is wanted", () => {
    const last = { pods: [crashingPod({ name: "web-1-a" }), pod({ name: "web-1-b" })] };

    expect(restart(last)).toEqual({
      action: "none",
      refusal: "TooFewReady",
      message:
        "Pod web-1-b is ready and was left alone: it is the last of 2 pods that is ready. " +
        "Ask again once more of them are ready, or delete it by hand if it has to go now.",
    });
    expect(restart({ ...last, workload: deployment({ replicas: 1 }) })).toMatchObject({ mode: "evict" });
  });

  it("gets the pod deleted when it has failed for good, since nothing is left to evict", () => {
    const leftover = pod({ name: "web-1-b", status: { phase: "Failed", reason: "Evicted" } });

    expect(restart({ pods: [leftover] })).toMatchObject({ action: "restart", mode: "clean_up" });
  });

  it("is told when another pod has the name by now, which is left alone", () => {
    const asked = (uid: string) =>
      remedy(
        { action: "restart", pod: "web-1-b", uid },
        { pods: [pod({ name: "web-1-b" }), pod({ name: "web-1-c" })] },
      );

    expect(asked("another")).toMatchObject({ action: "none", refusal: "AlreadyAsRequested" });
    expect(asked("web-1-b-uid")).toMatchObject({ action: "restart" });
  });

  it("is told when the pod is gone or going already", () => {
    const going = pod({ name: "web-1-b", metadata: { name: "web-1-b", deletionTimestamp: ago(1) } });

    expect(restart({ pods: [] })).toMatchObject({ action: "none", refusal: "AlreadyAsRequested" });
    expect(restart({ pods: [going] })).toMatchObject({ action: "none", refusal: "AlreadyAsRequested" });
  });
});

describe("a runbook that asks for a rollback", () => {
  const seen = {
    workload: deployment({ template: template("shop/web:4") }),
    holders: [
      replicaSet(4, { replicas: 2, created: ago(60) }),
      replicaSet(3, { created: ago(90) }),
      replicaSet(2, { available: 1, created: ago(90_000) }),
    ],
  };

  it("without a revision gets the newest healthy one", () => {
    expect(remedy({ action: "rollback" }, seen)).toMatchObject({ before: { revision: 4 }, after: { revision: 2 } });
  });

  it("for a revision gets that one, healthy or not", () => {
    expect(remedy({ action: "rollback", revision: 3 }, seen)).toMatchObject({
      action: "rollback",
      before: { revision: 4, name: "web-4" },
      after: { revision: 3, name: "web-3" },
    });
  });

  it("for a revision that is gone is told which ones are left", () => {
    expect(remedy({ action: "rollback", revision: 1 }, seen)).toMatchObject({
      action: "none",
      refusal: "NoHealthyRevision",
      message: expect.stringContaining("4, 3, 2") as string,
    });
  });

  it("for a revision that is the present template under another number is told that it runs already", () => {
    const same = replicaSet(1, { template: template("shop/web:4") });

    expect(remedy({ action: "rollback", revision: 1 }, { ...seen, holders: [...seen.holders, same] })).toMatchObject({
      action: "none",
      refusal: "AlreadyAsRequested",
    });
  });
});

describe("a runbook that asks for replicas", () => {
  it("moves the bounds of the HPA that owns the scale, and writes replicas only without one", () => {
    const three: RequestedRemedy = { action: "scale", replicas: 3 };

    expect(remedy(three, { hpa: hpa({ min: 2, max: 4 }) })).toMatchObject({ scale: { target: "hpa", name: "web" } });
    expect(remedy(three)).toMatchObject({ scale: { target: "replicas", from: 2, to: 3 } });
  });

  it("counts from the API's default of one replica", () => {
    const { replicas: _none, ...spec } = deployment().spec ?? { selector: {}, template: template() };

    expect(remedy({ action: "scale", replicas: 1 }, { workload: { ...deployment(), spec } })).toMatchObject({
      refusal: "AlreadyAsRequested",
    });
  });
});

describe("a runbook that asks for replicas of what was scaled to zero", () => {
  it("is told that its HPA is switched off, since moving bounds would do nothing", () => {
    const seen = { workload: deployment({ replicas: 0 }), pods: [], hpa: hpa({ min: 2, max: 4, current: 0 }) };

    expect(remedy({ action: "scale", replicas: 3 }, seen)).toMatchObject({ action: "none", refusal: "ScaledToZero" });
  });
});
