import { describe, expect, it } from "vitest";
import { limitFor, type Asker } from "../../../functions/run/limits.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { busy, claim, entry, underWay, workload } from "../../support/claims.ts";
import { ago, NOW, policy } from "../../support/objects.ts";

const asker = (overrides: Partial<Asker> = {}): Asker => ({
  execution: "run-1",
  cause: "CrashLoopAfterRollout",
  action: "rollback",
  workload: workload("web"),
  requested: false,
  ...overrides,
});
/** What holds back the remedy of `shop/web`, which asked at 50. */
const limited = (leases: Lease[], limits: object = {}, who = asker(), since = "50") =>
  limitFor(who, leases, since, policy({ limits: { canary: false, ...limits } }), NOW);
const elsewhere = (number: number) => Array.from({ length: number }, (_, index) => busy("api", `ns-${index}`));

describe("how many remedies are under way at a time", () => {
  it("is bounded in the cluster, and the refusal says by what", () => {
    expect(limited(elsewhere(4))).toBeUndefined();
    expect(limited(elsewhere(5))).toEqual({
      refusal: "TooManyAtOnce",
      message:
        "The rollback was not begun: 5 remedies are under way in the cluster, and limits.concurrent allows 5 at a time. The next run looks at it again.",
    });
  });

  it("is bounded in a namespace", () => {
    expect(limited([busy("a"), busy("b"), busy("c", "blog")])).toBeUndefined();
    expect(limited([busy("a")], { per_namespace: 1 })?.message).toContain(
      "1 remedy is under way in namespace shop, and limits.per_namespace allows 1 at a time.",
    );
  });

  it("counts what somebody asked for as well, who is told to ask again", () => {
    expect(limited(elsewhere(5), {}, asker({ requested: true }))).toMatchObject({
      refusal: "TooManyAtOnce",
      message: expect.stringContaining("Ask for it again once fewer are under way.") as string,
    });
  });

  it("counts a remedy until its claim is given back, its undo included", () => {
    const undoing = claim(workload("api"), { holder: "run-2", history: [underWay(), entry()] });
    const ended = claim(workload("api"), { history: [entry({ outcome: "RolledBack" })] });

    expect(limited([undoing], { concurrent: 1 })).toBeDefined();
    expect(limited([ended], { concurrent: 1 })).toBeUndefined();
  });

  it.each<[string, Lease]>([
    ["a claim that only diagnoses", claim(workload("api"), { holder: "run-2" })],
    ["a claim that has expired", claim(workload("api"), { holder: "run-2", history: [underWay()], seconds: 59 })],
    ["what an earlier holder left unfinished", claim(workload("api"), { holder: "run-3", history: [underWay()] })],
    [
      "what an earlier holder asked",
      claim(workload("api"), { holder: "run-3", asks: { execution: "run-2" }, version: "9" }),
    ],
    [
      "who is about to tell people of a breaker",
      claim(workload("api"), { holder: "run-2", asks: { action: "none" }, version: "9" }),
    ],
    ["the asker's own claim", claim(workload("web"), { holder: "run-1", asks: {}, version: "50" })],
    ["a Lease of a storm", { metadata: { name: "storm", annotations: { "eks-remediation/history": "[]" } } }],
    ["a Lease that is nobody's claim", { metadata: { name: "leader" }, spec: { holderIdentity: "somebody" } }],
  ])("does not count %s", (_what, lease) => {
    expect(limited([lease], { concurrent: 1, per_namespace: 1 })).toBeUndefined();
  });

  it("counts of those that ask at the same time the ones that asked before", () => {
    const asking = (version: string) => claim(workload("api"), { holder: "run-2", asks: {}, version });

    expect(limited([asking("49")], { concurrent: 1 })).toBeDefined();
    expect(limited([asking("51")], { concurrent: 1 })).toBeUndefined();
    // As numbers, not as texts.
    expect(limited([asking("9")], { concurrent: 1 })).toBeDefined();
    expect(limited([asking("100")], { concurrent: 1 })).toBeUndefined();
  });

  it("counts what has begun however late its claim was written", () => {
    const later = claim(workload("api"), { holder: "run-2", history: [underWay()], version: "99" });

    expect(limited([later], { concurrent: 1 })).toBeDefined();
  });

  it("counts all that ask where nobody knows who was first", () => {
    const asking = (version: string) => claim(workload("api"), { holder: "run-2", asks: {}, version });

    expect(limited([asking("51")], { concurrent: 1 }, asker(), "")).toBeDefined();
    expect(limited([asking("unknown")], { concurrent: 1 })).toBeDefined();
  });

  it("counts in every namespace a remedy whose claim names no workload any more", () => {
    const broken = claim(workload("api"), {
      ...{ holder: "run-2", history: [underWay()] },
      annotations: { "eks-remediation/workload": "?" },
    });

    expect(limited([broken], { per_namespace: 1 })).toBeDefined();
  });
});

describe("how many remedies begin in an hour", () => {
  const helped = (number: number, seconds: number, namespace = "blog") =>
    Array.from({ length: number }, (_, index) =>
      claim(workload(`api-${index}`, namespace), { history: [entry({ seconds })] }),
    );

  it("is bounded, and the refusal says when the next may begin", () => {
    const leases = [...helped(1, 3_500, "a"), ...helped(1, 1_000, "b"), ...helped(1, 3_601, "c")];

    expect(limited(leases, { per_hour: 3 })).toBeUndefined();
    expect(limited(leases, { per_hour: 2 })).toEqual({
      refusal: "TooManyThisHour",
      message: `The rollback was not begun: 2 remedies began or ended in the cluster within the last hour, and limits.per_hour allows 2. One more may begin from ${new Date(ago(-100)).toISOString()} on.`,
    });
  });

  it("names the moment at which enough of them are an hour old", () => {
    const leases = [...helped(1, 3_500, "a"), ...helped(1, 1_000, "b"), ...helped(1, 500, "c")];

    expect(limited(leases, { per_hour: 2 })?.message).toContain(`from ${new Date(ago(-2_600)).toISOString()} on`);
  });

  it("leaves one namespace half of that, so that it cannot use up what all have", () => {
    expect(limited(helped(14, 100, "shop"))).toBeUndefined();
    expect(limited(helped(15, 100, "shop"))?.message).toContain(
      "15 remedies began or ended in namespace shop within the last hour, and one namespace may use half of limits.per_hour, that is 15.",
    );
    expect(limited(helped(15, 100, "blog"))).toBeUndefined();
  });

  it("leaves out what a clock far ahead has written", () => {
    const ahead = claim(workload("other"), { history: [entry({ seconds: -7_200 })] });
    const near = claim(workload("other"), { history: [entry({ seconds: -60 })] });

    expect(limited([ahead], { per_hour: 1 })).toBeUndefined();
    expect(limited([near], { per_hour: 1 })).toMatchObject({ refusal: "TooManyThisHour" });
  });

  it("counts what was carried out alone, and several of one workload each", () => {
    const skipped = entry({ outcome: "Skipped", applied: undefined });
    const api = claim(workload("api", "blog"), { history: [entry(), skipped, entry({ seconds: 700 })] });

    expect(limited([api], { per_hour: 3 })).toBeUndefined();
    expect(limited([api], { per_hour: 2 })).toMatchObject({ refusal: "TooManyThisHour" });
  });
});

describe("the canary", () => {
  const canary = { canary: true };

  it("keeps the second workload of a cause waiting until the first has recovered", () => {
    expect(limited([busy("api")], canary)).toEqual({
      refusal: "CanaryFirst",
      message:
        "The rollback was not begun: one for the same cause is under way for Deployment shop/api, and whether it helps is not known yet (limits.canary). The next run looks at it again.",
    });
    const first = claim(workload("first", "blog"), { history: [entry()] });
    expect(limited([busy("api"), first], canary)).toBeUndefined();
  });

  it.each([
    ["did not help", { outcome: "RolledBack" }],
    ["helped more than an hour ago", { seconds: 3_601 }],
    ["was another", { action: "restart" }],
    ["was for another cause", { cause: "ImageNotFound" }],
  ])("is still needed when the earlier remedy %s", (_how, overrides) => {
    const earlier = claim(workload("first"), { history: [entry(overrides)] });

    expect(limited([busy("api"), earlier], canary)).toMatchObject({ refusal: "CanaryFirst" });
  });

  it("is not needed for another cause or remedy, without one under way, or for what somebody asked for", () => {
    expect(limited([busy("api", "shop", { cause: "ImageNotFound" })], canary)).toBeUndefined();
    expect(limited([busy("api", "shop", { action: "restart" })], canary)).toBeUndefined();
    expect(limited([], canary)).toBeUndefined();
    expect(limited([busy("api")], canary, asker({ requested: true }))).toBeUndefined();
  });

  it("does not take for one that helped what the workload itself has back", () => {
    const own = claim(workload("web"), { holder: "run-1", asks: {}, history: [entry()], version: "50" });

    expect(limited([own, busy("api")], canary)).toMatchObject({ refusal: "CanaryFirst" });
  });
});
