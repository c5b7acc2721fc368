import { describe, expect, it } from "vitest";
import { breakerFor, closingCommand } from "../../../functions/run/breaker.ts";
import { limitFor } from "../../../functions/run/limits.ts";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { busy, claim, entry, underWay, workload } from "../../support/claims.ts";
import { ago, NOW, policy } from "../../support/objects.ts";

type Ended = Partial<HistoryEntry> & { seconds: number };
const inVain = (seconds: number): Ended => ({ seconds, outcome: "RolledBack" });
const helped = (seconds: number): Ended => ({ seconds });

/** Claims of workloads in a namespace, each with one remedy that has ended. */
const ended = (namespace: string, ...remedies: Ended[]): Lease[] =>
  remedies.map((remedy, index) => claim(workload(`w${index}`, namespace), { history: [entry(remedy)] }));
const open = (leases: Lease[], breaker: object = {}, namespace = "shop") =>
  breakerFor(namespace, leases, policy({ limits: { breaker } }), NOW);
const at = (seconds: number) => new Date(ago(seconds));

describe("the breaker of a namespace", () => {
  it("opens when three of the last five remedies did not help, and says which", () => {
    const two = ended("shop", helped(500), inVain(400), helped(300), helped(200), inVain(100));
    const three = ended("shop", inVain(500), inVain(400), helped(300), helped(200), inVain(100));

    expect(open(two)).toBeUndefined();
    expect(open(three)).toEqual({
      namespace: "shop",
      since: new Date(0),
      until: at(100 - 3_600),
      why: "3 of the last 5 remedies there, each on another workload, are not known to have helped, or needed again within an hour",
      claims: "deployment.shop.w0, deployment.shop.w1, deployment.shop.w4",
    });
    expect(open(three, {}, "blog")).toBeUndefined();
  });

  it("looks at the last ones alone, within the policy's time", () => {
    const early = ended(
      "shop",
      inVain(600),
      inVain(590),
      helped(500),
      helped(400),
      helped(300),
      helped(200),
      inVain(100),
    );

    expect(open(early)).toBeUndefined();
    expect(open(ended("shop", inVain(700), inVain(200), inVain(100)), { within_seconds: 600 })).toBeUndefined();
  });

  it("counts each workload once, so that one that nothing helps opens none", () => {
    const one = claim(workload("web"), { history: [entry(inVain(100)), entry(inVain(200)), entry(inVain(300))] });

    expect(open([one])).toBeUndefined();
  });

  it("counts remedies that were needed again within an hour, on the same template", () => {
    const again = (index: number, earlier: Partial<HistoryEntry> & { seconds?: number } = {}) =>
      claim(workload(`w${index}`), { history: [entry({ seconds: 100 + index }), entry({ seconds: 900, ...earlier })] });

    expect(open([again(0), again(1), again(2)])).toBeDefined();
    expect(open([again(0), again(1), again(2, { template: "t0" })])).toBeUndefined();
    expect(open([again(0), again(1), again(2, { action: "restart" })])).toBeUndefined();
    expect(open([again(0), again(1), again(2, { seconds: 5_000 })])).toBeUndefined();
  });

  it("counts what an execution left unfinished that has died, and not what is under way", () => {
    const dead = claim(workload("dead"), { history: [underWay()] });
    const vain = ended("shop", inVain(300), inVain(200));

    expect(open([...vain, dead])).toBeDefined();
    expect(open([...vain, busy("alive")])).toBeUndefined();
  });

  it.each<[string, Partial<HistoryEntry>]>([
    ["was not carried out", { outcome: "Skipped", applied: undefined }],
    ["somebody took in hand", { outcome: "Unresolved", reason: "ObjectChanged" }],
    ["nothing could show the effect of", { outcome: "Unresolved", reason: "ScaledToZero" }],
    ["helped as far as it got", { outcome: "Unresolved", reason: "PartlyDone" }],
  ])("does not count what %s", (_what, overrides) => {
    expect(open(ended("shop", inVain(300), inVain(200), { seconds: 100, ...overrides }))).toBeUndefined();
  });
});

describe("the breaker of the cluster", () => {
  const namespaces = (...names: string[]) => names.flatMap((name, index) => ended(name, inVain(500 - index)));

  it("opens when the last remedies of three namespaces did not help", () => {
    expect(open(namespaces("a", "b"), {}, "z")).toBeUndefined();
    expect(open(namespaces("a", "b", "c"), {}, "z")).toMatchObject({
      namespace: undefined,
      why: expect.stringContaining("3 of the last 3 remedies, each in another namespace") as string,
    });
  });

  it("is not opened from one or two namespaces, however much fails there, and whatever the policy asks for", () => {
    const tenant = ended("a", ...[1, 2, 3, 4, 5, 6].map((index) => inVain(index * 50)));
    const second = ended("b", ...[1, 2, 3, 4, 5, 6].map((index) => inVain(index * 51)));

    expect(open([...tenant, ...second], { failures: 2, of: 2 }, "z")).toBeUndefined();
    expect(open([...tenant, ...second], {}, "a")).toMatchObject({ namespace: "a" });
  });
});

describe("an open breaker", () => {
  const opened = (seconds: number) => ended("shop", inVain(seconds + 2), inVain(seconds + 1), inVain(seconds));
  const limit = (leases: Lease[], requested = false, limits: object = {}) => {
    const asker = { execution: "run-1", cause: "c", action: "rollback", workload: workload("web"), requested };
    return limitFor(asker, leases, undefined, policy({ limits }), NOW);
  };

  it("holds remedies back for its pause, and says until when", () => {
    expect(limit(opened(60))).toMatchObject({
      refusal: "BreakerOpen",
      message: `The rollback was not begun. In namespace shop the workflow begins nothing by itself for now: 3 of the last 3 remedies there, each on another workload, are not known to have helped, or needed again within an hour. One is tried from ${at(60 - 3_600).toISOString()} on.`,
    });
  });

  it("does not hold back what a person or an agent asked for", () => {
    expect(limit(opened(60), true)).toBeUndefined();
  });

  it("lets one remedy be tried after its pause", () => {
    expect(limit(opened(3_700))).toBeUndefined();
    expect(limit([...opened(3_700), busy("trial")])).toMatchObject({
      refusal: "BreakerOpen",
      message: expect.stringContaining("One is under way, to see whether it helps.") as string,
    });
    expect(limit([...opened(3_700), busy("other", "blog")])).toBeUndefined();
  });

  it("is closed by a trial that helped, and what was before it counts no more", () => {
    const trial = claim(workload("trial"), { history: [entry(helped(50))] });
    const later = claim(workload("later"), { history: [entry(inVain(20))] });

    expect(limit([...opened(3_700), trial, busy("other")], false, { canary: false })).toBeUndefined();
    expect(open([...opened(3_700), trial, later])).toBeUndefined();
  });

  it("stays open for another pause after a trial in vain", () => {
    const trial = claim(workload("trial"), { history: [entry(inVain(50))] });

    expect(open([...opened(3_700), trial])).toMatchObject({ since: new Date(0), until: at(50 - 3_600) });
  });

  it("says since when it was closed last, by a trial or a person", () => {
    const trial = claim(workload("trial"), { history: [entry(helped(5_000))] });
    const byHand = claim(workload("any"), { annotations: { "eks-remediation/breaker-closed": ago(400) } });

    expect(open([...opened(9_000), trial, ...ended("shop", inVain(30), inVain(20), inVain(10))])).toMatchObject({
      since: at(5_000),
    });
    expect(open([...opened(60), byHand])).toMatchObject({ since: at(400) });
  });

  it("hears nothing of remedies that somebody asked for", () => {
    const asked = (seconds: number, outcome: string) => ({ seconds, outcome, cause: "Requested" });
    const three = ended("shop", asked(30, "RolledBack"), asked(20, "RolledBack"), asked(10, "RolledBack"));
    const trial = claim(workload("trial"), { history: [entry(asked(50, "Recovered"))] });

    expect(open(three)).toBeUndefined();
    expect(open([...opened(3_700), trial])).toBeDefined();
  });

  it("of a namespace holds remedies back there, also while that of the cluster is to be tried", () => {
    const cluster = ["a", "b", "c"].flatMap((namespace) => ended(namespace, inVain(3_700)));

    expect(open([...cluster, ...opened(200)])).toMatchObject({ namespace: "shop" });
    expect(open(cluster)).toMatchObject({ namespace: undefined });
  });

  it("is not closed by what was under way when it opened, and helped", () => {
    const late = claim(workload("late"), { history: [entry(helped(30))] });

    expect(open([...opened(60), late])).toMatchObject({ until: at(60 - 3_600) });
  });

  it("is closed by a person, with the command that the message holds", () => {
    const [, assignment = ""] = / (eks-remediation\/breaker-closed=\S+) /.exec(closingCommand(NOW)) ?? [];
    const [name = "", value = ""] = assignment.split("=");
    const closed = claim(workload("any", "blog"), { annotations: { [name]: value } });

    expect(open([...opened(60), closed])).toBeUndefined();
    // A clock ahead, or a wrong year, does not switch it off.
    expect(
      open([...opened(60), claim(workload("any"), { annotations: { [name]: "2036-01-01T00:00:00Z" } })]),
    ).toBeDefined();
    expect(open([...opened(60), claim(workload("any"), { annotations: { [name]: "?" } })])).toBeDefined();
    expect(closingCommand(NOW)).toBe(
      "kubectl -n eks-remediation annotate lease breaker eks-remediation/breaker-closed=2026-06-01T12:00:00.000Z --overwrite",
    );
  });
});
