import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { Change, Diagnosis, RequestedRemedy } from "../../../functions/run/contracts.ts";
import { parseRequest } from "../../../functions/run/request.ts";
import { deployment, evidence, hpa, incident, policy } from "../../support/objects.ts";
import { DB, db } from "../../support/set-objects.ts";

type Undo = Extract<RequestedRemedy, { action: "undo" }>;
const SCALED: Change = { kind: "scale", scale: { target: "replicas", from: 2, to: 3 } };

/** What is decided about an undo that a person asks for. */
function decided(undo: Partial<Undo>, seen: Partial<Evidence> = {}, by = policy()): Diagnosis {
  const requested: Undo = { action: "undo", execution: "run-1", change: SCALED, ...undo };
  const facts = evidence({ workload: withReplicas(3), ...seen, incident: incident({ requested, origin: "person" }) });
  return classify(facts, by);
}

function withReplicas(replicas: number) {
  const given = deployment();
  return { ...given, spec: { ...given.spec, replicas } } as typeof given;
}

describe("an undo that is asked for", () => {
  it("takes back exactly the change while that is as it was left, and says whose it was", () => {
    expect(decided({})).toMatchObject({
      cause: "Requested",
      summary: "It was asked to take back the scale of run-1.",
      remedy: { action: "scale", scale: { target: "replicas", from: 3, to: 2 } },
    });
  });

  it.each<[string, Partial<Undo>, Partial<Evidence>, string]>([
    ["somebody has scaled it since", {}, { workload: withReplicas(5) }, "ObjectChanged"],
    ["it is undone already", {}, { workload: withReplicas(2) }, "AlreadyAsRequested"],
    ["it was made anew under its name", { uid: "another" }, {}, "ObjectChanged"],
    [
      "it was a restart",
      { change: { kind: "restart", mode: "evict", pods: [{ name: "web-1-a", uid: "u" }] } },
      {},
      "NoSafeRemedy",
    ],
    [
      "it would be scaled to zero",
      { change: { kind: "scale", scale: { target: "replicas", from: 0, to: 3 } } },
      {},
      "NoSafeRemedy",
    ],
    [
      "it would be larger than the policy allows",
      { change: { kind: "scale", scale: { target: "replicas", from: 51, to: 3 } } },
      {},
      "LimitReached",
    ],
    [
      "the HPA that is named is another workload's, or none",
      {
        change: {
          kind: "scale",
          scale: { target: "hpa", name: "of-others", from: { min: 1, max: 2 }, to: { min: 1, max: 5 } },
        },
      },
      { hpa: hpa() },
      "ObjectChanged",
    ],
    [
      "the revision that is named is not of its own history",
      {
        change: {
          kind: "rollback",
          before: { revision: 7, kind: "ReplicaSet", name: "of-others", template: "x" },
          after: { revision: 1, kind: "ReplicaSet", name: "web-1", template: "y" },
          unblocked: [],
        },
      },
      {},
      "ObjectChanged",
    ],
    ["an HPA scales it by now", {}, { hpa: hpa() }, "ObjectChanged"],
  ])("is refused where %s", (_what, undo, seen, refusal) => {
    expect(decided(undo, seen).remedy).toMatchObject({ action: "none", refusal });
  });

  describe("of what was done before something else", () => {
    const entry = (execution: string, over: Partial<Evidence["history"][number]> = {}) => ({
      ...{ at: "2026-06-01T11:00:00.000Z", execution, cause: "Requested", action: "scale", outcome: "Recovered" },
      applied: true as const,
      ...over,
    });
    const notDone = ({ applied: _none, ...rest }: ReturnType<typeof entry>): Evidence["history"][number] => rest;
    const first = entry("run-1");

    it.each<[string, Evidence["history"][number]]>([
      ["another execution did the same later", entry("run-2")],
      ["it was undone, and somebody has put the same there since", entry("run-2", { outcome: "Undone" })],
      ["nobody knows what the later one has left", entry("run-2", { outcome: "Unfinished" })],
    ])("is refused where %s", (_what, later) => {
      expect(decided({}, { history: [later, first] }).remedy).toMatchObject({
        refusal: "ObjectChanged",
        message: expect.stringContaining("run-2 has carried out a scale after it") as string,
      });
    });

    it("was undone already where an undo came next, whatever somebody has made of it since", () => {
      const history = [entry("run-3"), entry("run-2", { outcome: "Undone" }), first];

      expect(decided({}, { workload: withReplicas(7), history }).remedy).toMatchObject({
        refusal: "AlreadyAsRequested",
        message: "Nothing to do: run-2 has taken back the scale of run-1, at 2026-06-01T11:00:00.000Z.",
      });
      expect(decided({}, { workload: withReplicas(7), history: [entry("run-3"), first] }).remedy).toMatchObject({
        refusal: "ObjectChanged",
      });
    });

    it.each<[string, Evidence["history"]]>([
      ["that was earlier", [first, entry("run-0")]],
      ["the later one took its own back", [entry("run-2", { outcome: "RolledBack" }), first]],
      ["it was of another kind", [entry("run-2", { action: "restart" }), first]],
      ["nothing came of it", [notDone(entry("run-2", { outcome: "Skipped" })), first]],
    ])("is done where %s", (_what, history) => {
      expect(decided({}, { history }).remedy).toMatchObject({ action: "scale" });
    });
  });

  it("is refused of the replicas of a kind whose replicas are never set, before anything is begun", () => {
    const change = { kind: "scale" as const, scale: { target: "replicas" as const, from: 2, to: 3 } };
    const requested: Undo = { action: "undo", execution: "run-1", change };
    const facts = evidence({ incident: incident({ workload: DB, requested, origin: "person" }), workload: db() });

    expect(classify(facts, policy()).remedy).toEqual({
      ...{ action: "none", refusal: "NoSafeRemedy" },
      message: "The size of a StatefulSet is never changed here: a person has to do it.",
    });
  });

  it("says no more of what nobody knows to have been done than that nothing of it is in place", () => {
    expect(decided({ execution: "mistyped" }, { workload: withReplicas(2) }).remedy).toMatchObject({
      message: "Nothing to do: nothing of the scale of mistyped is in place.",
    });
    expect(decided({ uid: "mistyped" }).remedy).toMatchObject({
      message: expect.stringContaining("or that uid is wrong") as string,
    });
  });

  it("is refused to whoever the policy lets do nothing, as the remedy itself would be", () => {
    expect(decided({}, {}, policy({ modes: { all: "observe" } })).remedy).toMatchObject({ refusal: "DiagnoseOnly" });
    expect(decided({}, {}, policy({ actions: { scale: "off" } })).remedy).toMatchObject({ refusal: "ActionOff" });
  });

  it("is refused before anything is read where it says not exactly what is to be taken back", () => {
    const request = { action: "undo", cluster_name: "prod", namespace: "shop", kind: "Deployment", name: "web" };

    expect(() => parseRequest({ ...request, execution: "run-1" })).toThrow("change");
    expect(() => parseRequest({ ...request, execution: "run-1", change: { kind: "delete" } })).toThrow("change");
    expect(parseRequest({ ...request, execution: "run-1", change: SCALED })).toMatchObject({ change: SCALED });
    expect(() => parseRequest({ ...request, execution: "run-1", change: SCALED, uid: "" })).toThrow("leave it out");
  });
});

describe("an undo that an agent asks for", () => {
  const requested: Undo = { action: "undo", execution: "run-1", change: SCALED };
  const asked = (history: Evidence["history"]) =>
    classify(
      evidence({ workload: withReplicas(3), history, incident: incident({ requested, origin: "agent" }) }),
      policy(),
    ).remedy;
  const done = { at: "2026-06-01T11:00:00.000Z", execution: "run-1", cause: "Requested", action: "scale" };

  it("is of what the claim knows that execution to have done", () => {
    expect(asked([{ ...done, outcome: "Recovered", applied: true }])).toMatchObject({ action: "scale" });
  });

  it("is refused of what was rolled back since it failed, and left to a person", () => {
    const revision = { revision: 1, kind: "ReplicaSet" as const, name: "web-1", template: "x" };
    const change = {
      ...{ kind: "rollback" as const, before: { ...revision, revision: 2, name: "web-2" }, after: revision },
      unblocked: [],
    };
    const rolledBack = { ...done, action: "rollback", outcome: "Recovered", applied: true as const };
    const undone = (cause: string, origin: "agent" | "person") =>
      classify(
        evidence({
          history: [{ ...rolledBack, cause }],
          incident: incident({ requested: { action: "undo", execution: "run-1", change }, origin }),
        }),
        policy(),
      ).remedy;
    const refused = { refusal: "NoSafeRemedy", message: expect.stringContaining("since it failed") as string };

    expect(undone("CrashLoopAfterRollout", "agent")).toMatchObject(refused);
    expect(undone("CrashLoopAfterRollout", "person")).not.toMatchObject(refused);
    expect(undone("Requested", "agent")).not.toMatchObject(refused);
  });

  it("is refused of anything else: it would be a change that nobody verifies", () => {
    expect(asked([])).toMatchObject({ action: "none", refusal: "NoSafeRemedy" });
    expect(asked([{ ...done, execution: "run-2", outcome: "Recovered", applied: true }])).toMatchObject({
      action: "none",
    });
  });
});
