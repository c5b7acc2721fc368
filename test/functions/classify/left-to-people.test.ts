import { describe, expect, it } from "vitest";
import { refuseByMode } from "../../../functions/classify/modes.ts";
import { openCase } from "../../../functions/facts/case.ts";
import type { Incident, Remedy } from "../../../functions/run/contracts.ts";
import type { Policy } from "../../../functions/shared/policy.ts";
import { evidence, incident, policy } from "../../support/objects.ts";

const OBSERVED = policy({ modes: { found: "observe" } });
const revision = (number: number) => ({
  revision: number,
  kind: "ReplicaSet",
  name: `web-${number}`,
  template: `t${number}`,
});

const refuse = (of: Incident, remedy: Remedy, by: Policy) =>
  refuseByMode(openCase(evidence({ incident: of }), by), remedy);
const said = (remedy: Remedy) => refuse(incident(), remedy, OBSERVED)?.message;

describe("what is left to people", () => {
  it("is told as exactly as it would be done, with the command that does the same", () => {
    const rollback: Remedy = { action: "rollback", before: revision(2), after: revision(1), unblocked: [] };

    expect(said(rollback)).toBe(
      "Would roll back from revision 2 to the template of revision 1. In namespace shop the policy leaves that to a person (modes.found: observe). By hand: `kubectl -n shop rollout undo deployment/web --to-revision=1`.",
    );
  });

  it("has the size in its command that is to be reached, not the present one", () => {
    const hpa: Remedy = {
      action: "scale",
      scale: { target: "hpa", name: "web", from: { min: 1, max: 4 }, to: { min: 1, max: 6 } },
    };

    expect(said(hpa)).toContain(
      `By hand: \`kubectl -n shop patch hpa web -p '{"spec":{"minReplicas":1,"maxReplicas":6}}'\`.`,
    );
    expect(said({ action: "scale", scale: { target: "replicas", from: 2, to: 3 } })).toContain("--replicas=3`.");
  });

  it("is left to whoever does it by hand where the policy lets the workflow do it for nobody", () => {
    const scale: Remedy = { action: "scale", scale: { target: "replicas", from: 2, to: 3 } };
    const asked = incident({ requested: { action: "scale", replicas: 3 }, origin: "person" });

    expect(refuse(asked, scale, policy({ modes: { all: "observe" } }))?.message).toContain(
      "In namespace shop the policy lets the workflow do that for nobody (modes.all: observe).",
    );
    expect(refuse(asked, scale, policy({ modes: { person: "observe" } }))?.message).toContain(
      "In namespace shop the policy lets the workflow do that for no person (modes.person: observe).",
    );
    expect(refuse(asked, scale, OBSERVED)).toBeUndefined();
  });

  it("is a remedy, too, that the schedule or an event names: nobody has asked for it", () => {
    const scale: Remedy = { action: "scale", scale: { target: "replicas", from: 2, to: 3 } };
    const requested = { action: "scale", replicas: 3 } as const;

    expect(refuse(incident({ requested, origin: "found" }), scale, OBSERVED)?.refusal).toBe("DiagnoseOnly");
    expect(refuse(incident({ requested }), scale, OBSERVED), "an agent asks").toBeUndefined();
  });

  it("has no command where none does all of it, or as carefully", () => {
    const pods = [{ name: "web-1-a", uid: "a" }];
    const unblocking: Remedy = { action: "rollback", before: revision(2), after: revision(1), unblocked: pods };

    expect(said(unblocking)).not.toContain("By hand");
    expect(said({ action: "restart", mode: "evict", pods })).toBe(
      "Would evict 1 pod (web-1-a). In namespace shop the policy leaves that to a person (modes.found: observe).",
    );
  });
});
