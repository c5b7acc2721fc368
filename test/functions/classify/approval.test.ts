import { describe, expect, it } from "vitest";
import { planOfCase, proposedIn } from "../../../functions/classify/approval.ts";
import { classify } from "../../../functions/classify/classify.ts";
import { refuseByMode } from "../../../functions/classify/modes.ts";
import { openCase, type Case } from "../../../functions/facts/case.ts";
import type { Approval, HistoryEntry, Incident, Remedy } from "../../../functions/run/contracts.ts";
import { deployment, evidence, incident, NOW, policy } from "../../support/objects.ts";

const SCALE: Remedy = { action: "scale", scale: { target: "replicas", from: 2, to: 3 } };
const APPROVE = policy({ modes: { found: "approve" } });

/** What is decided about, at NOW. */
function facts(of: Partial<Incident>, history: HistoryEntry[] = [], by = APPROVE): Case {
  return openCase(evidence({ incident: incident(of), history }), by);
}

const PLAN = planOfCase(facts({}), SCALE);
const approval = (over: Partial<Approval> = {}): Partial<Incident> => ({
  approval: { decision: "approve", plan: PLAN, origin: "person", ...over },
});

function entry(secondsAgo: number, over: Partial<HistoryEntry>): HistoryEntry {
  const at = new Date(NOW.getTime() - secondsAgo * 1_000).toISOString();
  return { at, execution: "earlier", cause: "CrashLoopAfterRollout", action: "none", outcome: "Skipped", ...over };
}
const proposed = (secondsAgo: number) => entry(secondsAgo, { reason: "ApprovalNeeded", plan: PLAN });

describe("a plan", () => {
  it("is named alike while it would do the same to the same object", () => {
    const again: Remedy = { scale: { to: 3, from: 2, target: "replicas" }, action: "scale" };

    expect(planOfCase(facts({}), again)).toBe(PLAN);
    expect(PLAN).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each<[string, Case, Remedy]>([
    ["another change", facts({}), { action: "scale", scale: { target: "replicas", from: 2, to: 4 } }],
    ["another workload", facts({ workload: { kind: "Deployment", namespace: "shop", name: "api" } }), SCALE],
    [
      "another object of that name",
      openCase(
        evidence({ workload: { ...deployment(), metadata: { ...deployment().metadata, uid: "new" } } }),
        APPROVE,
      ),
      SCALE,
    ],
  ])("is named otherwise where it is for %s", (_what, of, remedy) => {
    expect(planOfCase(of, remedy)).not.toBe(PLAN);
  });
});

describe("a remedy that is to be approved", () => {
  it("is proposed, with its plan", () => {
    expect(refuseByMode(facts({}), SCALE)).toMatchObject({ refusal: "ApprovalNeeded", plan: PLAN });
  });

  it("is carried out when a person approves what was proposed", () => {
    expect(refuseByMode(facts(approval(), [proposed(60)]), SCALE)).toBeUndefined();
  });

  it("says so where nothing fails, and nothing of that waits for an answer any more", () => {
    const decided = (history: HistoryEntry[]) =>
      classify(evidence({ workload: deployment(), history, incident: incident(approval()) }), policy()).remedy;
    const said = (message: string) => ({ refusal: "NotFailingAnymore", message });

    expect(decided([proposed(60)])).toMatchObject(said("Nothing was done."));
    expect(decided([entry(30, { applied: true }), proposed(60)])).toMatchObject(
      said(expect.stringContaining("Nothing was done. No proposal of that waits for an answer: it was") as string),
    );
  });

  it("may be approved until people were told, and no longer than the policy says by now", () => {
    const until = (milliseconds: number) => [
      { ...proposed(60), valid_until: new Date(NOW.getTime() + milliseconds).toISOString() },
    ];
    const valid = (valid_seconds: number) => policy({ modes: { found: "approve" }, approval: { valid_seconds } });

    expect(refuseByMode(facts(approval(), until(1), valid(61)), SCALE)).toBeUndefined();
    expect(refuseByMode(facts(approval(), until(1), valid(60)), SCALE)?.refusal).toBe("ApprovalExpired");
    expect(refuseByMode(facts(approval(), until(0)), SCALE)?.refusal).toBe("ApprovalExpired");
  });

  it("says until when, save of what nobody is asked about any more", () => {
    const held = (of: Case) => proposedIn(refuseByMode(of, SCALE) ?? { refusal: "NoSafeRemedy", message: "" }, of);
    const declined = [entry(30, { reason: "Declined", plan: PLAN }), proposed(60)];

    expect(held(facts({}))).toEqual({ plan: PLAN, valid_until: new Date(NOW.getTime() + 86_400_000).toISOString() });
    expect(held(facts({}, declined))).toEqual({ plan: PLAN });
    expect(held(facts({}, [], policy({ modes: { found: "observe" } })))).toEqual({});
  });

  it.each<[string, Partial<Incident>, HistoryEntry[], string]>([
    ["of which another plan was approved", approval({ plan: "0".repeat(16) }), [proposed(60)], "PlanChanged"],
    ["that was proposed too long ago", approval(), [proposed(86_401)], "ApprovalExpired"],
    ["that nothing says was proposed", approval(), [], "ApprovalExpired"],
    [
      "that was approved and done before",
      approval(),
      [entry(30, { action: "scale", outcome: "Unresolved", applied: true }), proposed(60)],
      "ApprovalExpired",
    ],
    ["that is declined", approval({ decision: "decline" }), [proposed(60)], "Declined"],
    ["that was declined", {}, [entry(30, { reason: "Declined", plan: PLAN }), proposed(60)], "Declined"],
  ])("is not carried out: one %s", (_what, of, history, refusal) => {
    expect(refuseByMode(facts(of, history), SCALE)).toMatchObject({ refusal, plan: PLAN });
  });

  it.each(["approve", "automatic"])("is not done in the mode %s where it was declined", (found) => {
    const history = [entry(30, { reason: "Declined", plan: PLAN }), proposed(60)];

    expect(refuseByMode(facts({}, history, policy({ modes: { found } })), SCALE)).toMatchObject({
      refusal: "Declined",
    });
    expect(
      refuseByMode(facts({ origin: "agent" }, history, policy({ modes: { found } })), SCALE),
      "an agent lets the workflow choose",
    ).toMatchObject({ refusal: "Declined" });
  });

  it("is not proposed again by an approval of something else where it was declined", () => {
    const history = [entry(30, { reason: "Declined", plan: PLAN }), proposed(60)];

    expect(refuseByMode(facts(approval({ plan: "0".repeat(16) }), history), SCALE)?.refusal).toBe("Declined");
  });

  it("that was carried out is not said to have given way to another", () => {
    const done = entry(30, { action: "scale", outcome: "Recovered", applied: true });

    expect(refuseByMode(facts(approval(), [done, proposed(60)]), SCALE)?.message).toContain(
      "it was carried out already, or",
    );
  });

  describe("in a dry run", () => {
    const dry = (of: Partial<Incident>, history: HistoryEntry[]) =>
      openCase(evidence({ incident: incident(of), history, dryRun: true }), APPROVE);
    const said = (of: Case) => refuseByMode(of, SCALE)?.message ?? "";

    it("is not said to be declined, as nothing of that is kept", () => {
      const decline = approval({ decision: "decline" });

      expect(refuseByMode(dry(decline, [proposed(60)]), SCALE)).toMatchObject({ refusal: "Declined", plan: PLAN });
      expect(said(dry(decline, [proposed(60)]))).toContain(
        "This is a dry run, so nothing of that is kept: it is not declined.",
      );
      expect(said(facts(decline, [proposed(60)]))).toContain("That is declined, so it is not done.");
    });

    it.each<[string, Partial<Incident>, HistoryEntry[]]>([
      ["for the first time", {}, []],
      ["anew, as it was proposed too long ago", approval(), [proposed(86_401)]],
      ["anew, as nothing says that it was", approval(), []],
    ])("is not said to be proposed %s", (_how, of, history) => {
      expect(said(dry(of, history))).toContain("It would be proposed");
      expect(said(facts(of, history))).not.toContain("would be proposed");
    });
  });

  it("is carried out when somebody changes their mind", () => {
    const history = [entry(30, { reason: "Declined", plan: PLAN }), proposed(60)];

    expect(refuseByMode(facts(approval(), history), SCALE)).toBeUndefined();
  });

  it("is proposed again as another change after one was declined", () => {
    const history = [entry(30, { reason: "Declined", plan: "0".repeat(16) })];

    expect(refuseByMode(facts({}, history), SCALE)).toMatchObject({ refusal: "ApprovalNeeded", plan: PLAN });
  });
});

describe("an approval by an agent", () => {
  it("counts where the agent might have asked for the same by name", () => {
    expect(refuseByMode(facts(approval({ origin: "agent" }), [proposed(60)]), SCALE)).toBeUndefined();
  });

  it.each([
    ["where an agent has to be approved, too", { modes: { agent: "approve" } }, "ApprovalNeeded"],
    ["where the action is left to people", { actions: { scale: "approve" } }, "ApprovalNeeded"],
    ["where agents may only look", { modes: { agent: "observe" } }, "DiagnoseOnly"],
  ])("does not count %s", (_what, by, refusal) => {
    expect(refuseByMode(facts(approval({ origin: "agent" }), [proposed(60)], policy(by)), SCALE)).toMatchObject({
      refusal,
    });
  });

  it.each([
    ["approve", "It is done once a person approves it. Here an approval by an agent counts for nothing."],
    ["decline", "It is done once a person approves it. Here a refusal by an agent counts for nothing."],
  ] as const)("is told that it does not count: %s", (decision, words) => {
    const of = facts(approval({ origin: "agent", decision }), [proposed(60)], policy({ modes: { agent: "approve" } }));

    expect(refuseByMode(of, SCALE)?.message).toContain(words);
  });

  it("has nothing proposed again that a person declined", () => {
    const history = [entry(30, { reason: "Declined", plan: PLAN }), proposed(60)];
    const of = facts(approval({ origin: "agent" }), history, policy({ modes: { agent: "approve" } }));

    expect(refuseByMode(of, SCALE)?.refusal).toBe("Declined");
  });
});

describe("an approval by a person", () => {
  it("counts where everything has to be approved", () => {
    const by = policy({ modes: { all: "approve" } });

    expect(refuseByMode(facts(approval(), [proposed(60)], by), SCALE)).toBeUndefined();
  });

  it("counts for nothing past the switch over everything", () => {
    const by = policy({ modes: { all: "observe" } });

    expect(refuseByMode(facts(approval(), [proposed(60)], by), SCALE)?.refusal).toBe("DiagnoseOnly");
  });

  it("counts for nothing where the action is off", () => {
    const by = policy({ actions: { scale: "off" } });

    expect(refuseByMode(facts(approval(), [proposed(60)], by), SCALE)?.refusal).toBe("ActionOff");
  });
});
