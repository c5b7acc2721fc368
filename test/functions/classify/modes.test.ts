import { describe, expect, it } from "vitest";
import { permitOf, type Wanted } from "../../../functions/run/permit.ts";
import { policy } from "../../support/objects.ts";

const FOUND: Wanted = { action: "rollback", namespace: "shop", origin: "found", requested: false };
const BY_AGENT: Wanted = { ...FOUND, origin: "agent", requested: true };
const BY_PERSON: Wanted = { ...FOUND, origin: "person", requested: true };

const permit = (wanted: Wanted, settings: object) => permitOf(wanted, policy(settings));

describe("what the policy lets an action do", () => {
  it("is everything, unless something says otherwise", () => {
    for (const wanted of [FOUND, BY_AGENT, BY_PERSON]) expect(permit(wanted, {}).mode).toBe("automatic");
  });

  it("is the most careful of what holds for whoever wants it and for the action, and names each setting that says so", () => {
    expect(permit(FOUND, { modes: { found: "approve" }, actions: { rollback: "observe" } })).toEqual({
      mode: "observe",
      settings: ["actions.rollback: observe"],
    });
    expect(permit(FOUND, { modes: { found: "observe" }, actions: { rollback: "observe" } }).settings).toEqual([
      "modes.found: observe",
      "actions.rollback: observe",
    ]);
  });

  it("differs by who wants it", () => {
    const settings = { modes: { found: "observe", agent: "approve" } };

    expect(permit(FOUND, settings).mode).toBe("observe");
    expect(permit(BY_AGENT, settings).mode).toBe("approve");
    expect(permit(BY_PERSON, settings).mode).toBe("automatic");
  });

  it.each(["observe", "approve", "diagnose"])(
    "gives a person what it leaves to people (%s), and nobody else, nor a person who asks for nothing by name",
    (mode) => {
      const settings = { actions: { rollback: mode } };

      expect(permit(BY_PERSON, settings).mode).toBe("automatic");
      expect(permit(BY_AGENT, settings).mode).not.toBe("automatic");
      expect(permit({ ...BY_PERSON, requested: false }, settings).mode).not.toBe("automatic");
    },
  );

  it("gives nobody what is off", () => {
    for (const wanted of [FOUND, BY_AGENT, BY_PERSON]) {
      expect(permit(wanted, { actions: { rollback: "off" } }).mode).toBe("off");
    }
  });

  it.each(["off", "observe", "approve"])("is %s for everybody with one switch, whatever else is said", (mode) => {
    const settings = {
      modes: { all: mode, person: "automatic" },
      overrides: [{ namespaces: ["shop"], actions: { rollback: "automatic" }, modes: { found: "automatic" } }],
    };

    for (const wanted of [FOUND, BY_AGENT, BY_PERSON]) {
      expect(permit(wanted, settings)).toEqual({ mode, settings: [`modes.all: ${mode}`] });
    }
  });

  it("is another in some namespaces: the first entry that names the namespace and the mode decides", () => {
    const settings = {
      modes: { found: "observe" },
      overrides: [
        { namespaces: ["shop"], actions: { scale: "off" } },
        { namespaces: ["shop", "blog"], modes: { found: "automatic" } },
        { namespaces: ["shop"], modes: { found: "off" } },
      ],
    };

    expect(permit(FOUND, settings).mode).toBe("automatic");
    expect(permit({ ...FOUND, action: "scale" }, settings).mode).toBe("off");
    expect(permit({ ...FOUND, namespace: "bank" }, settings).mode).toBe("observe");
  });
});
