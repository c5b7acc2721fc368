import { describe, expect, it } from "vitest";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { notLetAnymore, permitOf, type Wanted } from "../../../functions/run/permit.ts";
import { MODES } from "../../../functions/shared/action-mode.ts";
import { narrowed, type PolicyInForce, type SettingsHere } from "../../../functions/shared/settings-here.ts";
import { parseSettings } from "../../../functions/shared/settings.ts";
import { incident, policy } from "../../support/objects.ts";
import fc from "../../support/properties.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";

const FOUND: Wanted = { action: "rollback", namespace: "shop", origin: "found", requested: false };
const BY_PERSON: Wanted = { ...FOUND, origin: "person", requested: true };

const here = (entries: object[], more: Partial<SettingsHere> = {}): SettingsHere => ({
  path: "/eks-remediation/test",
  entries: parseSettings(JSON.stringify({ entries })).entries,
  ...more,
});
const inForce = (settings: SettingsHere, deployed: object = {}): PolicyInForce => narrowed(policy(deployed), settings);

describe("what an action may do with what is set at run time", () => {
  it("is decided by the first entry for the namespace that names it", () => {
    const set = inForce(
      here([
        { namespaces: ["shop"], modes: { found: "approve" } },
        { modes: { found: "observe" }, actions: { rollback: "automatic" } },
      ]),
    );

    expect(permitOf(FOUND, set)).toEqual({ mode: "approve", settings: ["settings modes.found: approve"] });
    expect(permitOf({ ...FOUND, namespace: "pay" }, set).mode).toBe("observe");
    expect(permitOf(BY_PERSON, set).mode).toBe("automatic");
  });

  it("leaves to people what an action's mode leaves to them, as the policy does", () => {
    const set = inForce(here([{ actions: { rollback: "observe" } }]));

    expect(permitOf(FOUND, set).mode).toBe("observe");
    expect(permitOf(BY_PERSON, set).mode).toBe("automatic");
    expect(permitOf(BY_PERSON, inForce(here([{ actions: { rollback: "off" } }]))).mode).toBe("off");
  });

  it("is at most observed, whoever asks, while that cannot be used", () => {
    const set = inForce(here([], { unreadable: "They are malformed." }));

    for (const wanted of [FOUND, BY_PERSON])
      expect(permitOf(wanted, set)).toEqual({ mode: "observe", settings: ["settings unreadable: observe"] });
  });

  it("is never more than is deployed", () => {
    const mode = fc.constantFrom(...MODES);
    const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const modes = fc.record({ all: mode, found: mode, agent: mode, person: mode });
    const entry = fc.record({
      namespaces: some(fc.constantFrom(["shop"], ["pay"])),
      modes: fc.record({ all: some(mode), found: some(mode), person: some(mode) }),
      actions: fc.record({ rollback: mode }),
    });
    fc.assert(
      fc.property(
        modes,
        mode,
        fc.array(entry, { maxLength: 3 }),
        fc.boolean(),
        fc.constantFrom(FOUND, BY_PERSON, { ...BY_PERSON, requested: false }),
        (all, rollback, entries, isUnreadable, wanted) => {
          const deployed = policy({ modes: all, actions: { rollback } });
          const set = here(entries, isUnreadable ? { unreadable: "no" } : {});
          const before = MODES.indexOf(permitOf(wanted, deployed).mode);
          expect(MODES.indexOf(permitOf(wanted, narrowed(deployed, set)).mode)).toBeLessThanOrEqual(before);
        },
      ),
    );
  });
});

describe("a remedy that is about to begin", () => {
  const run = (found: Partial<WorkloadRun["incident"]> = {}) =>
    claimedRun({ diagnosis: diagnosis(), incident: incident(found) });

  it("may, where nothing was set since", () => {
    expect(notLetAnymore(run(), policy())).toBeUndefined();
    expect(notLetAnymore(run(), inForce(here([])))).toBeUndefined();
  });

  it("may not since everything is stopped, also for whoever asked or approved", () => {
    const set = inForce(here([], { stopped: { by: "sre", reason: "a bad release" } }));
    const approval = { decision: "approve", plan: "0123456789abcdef", origin: "person" } as const;

    for (const found of [{}, { origin: "person" } as const, { approval }])
      expect(notLetAnymore(run(found), set)).toEqual({
        refusal: "Stopped",
        message:
          "Everything is stopped by sre (a bad release), so nothing is begun. To end that: `eks-remediation resume --path /eks-remediation/test`.",
      });
  });

  it.each(["off", "observe", "approve"])("may not since it is %s only", (mode) => {
    expect(notLetAnymore(run(), inForce(here([{ modes: { found: mode } }])))).toEqual({
      refusal: "NoLongerAllowed",
      message: `The rollback was not begun: it was allowed when it was decided upon, and is not any more (settings modes.found: ${mode}).`,
    });
  });

  it("may not since that cannot be known any more, which is said", () => {
    const { message = "" } = notLetAnymore(run(), inForce(here([], { unreadable: "/x: Rate exceeded" }))) ?? {};

    expect(message).toContain(
      "is not any more (settings unreadable: observe). What is set at run time cannot be used now",
    );
    expect(message).toContain("/x: Rate exceeded");
  });

  it("may where a person has approved it, and it is to be approved", () => {
    const set = inForce(here([{ modes: { all: "approve" } }]));
    const approval = { decision: "approve", plan: "0123456789abcdef", origin: "person" } as const;

    expect(notLetAnymore(run({ approval }), set)).toBeUndefined();
    expect(notLetAnymore(run({ approval: { ...approval, origin: "agent" } }), set)?.refusal).toBe("NoLongerAllowed");
  });
});
