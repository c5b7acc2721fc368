import { describe, expect, it } from "vitest";
import { Change, Remedy } from "../../functions/run/contracts.ts";
import { REMEDIES } from "../../functions/remedies/contracts.ts";
import { loadDefinition, STEPS } from "../../local/engine/engine.ts";
import { changesWorkload, STATE_NAMES } from "../../statemachines/by-name.ts";

interface State {
  Type: string;
  Resource?: string;
  Choices?: { Variable?: string; StringEquals?: string; Next: string }[];
  Default?: string;
  ItemProcessor?: { States: Record<string, State> };
}

const whole: Record<string, State> = loadDefinition().States;
const states = whole["Remediate each workload"]?.ItemProcessor?.States ?? {};

/** Where a Choice leads for each word of a field. */
function routesOf(choice: string, field: string): Record<string, string> {
  const rules = (states[choice]?.Choices ?? []).filter(({ Variable }) => Variable === field);
  return Object.fromEntries(rules.map(({ StringEquals = "", Next }) => [StringEquals, Next]));
}

describe("the remedies", () => {
  it("are those that a diagnosis may choose, and those whose changes are known", () => {
    const actions = REMEDIES.map(({ action }) => action).sort();

    expect(Remedy.options.map(({ shape }) => shape.action.value).sort()).toEqual(["none", ...actions].sort());
    expect(Change.options.map(({ shape }) => shape.kind.value).sort()).toEqual(actions);
  });

  it.each(REMEDIES)("$action has a way to the state that carries it out with its function", ({ action, apply }) => {
    expect(routesOf("Which remedy?", "$.diagnosis.remedy.action")[action]).toBe(apply.name);
    expect(functionOf(apply.name)?.toLowerCase()).toBe(placeholderFor(action));
    expect(Object.keys(STEPS)).toContain(functionOf(apply.name));
  });

  it.each(REMEDIES)("$action has a way to the state that undoes it, or says that there is none", ({ action, undo }) => {
    const route = routesOf("Can it be undone?", "$.remedy.change.kind")[action];

    if (undo === "cannot be undone") expect(route).toBeUndefined();
    else {
      expect(route).toBe(undo.name);
      expect(functionOf(undo.name)?.toLowerCase()).toBe(placeholderFor(action));
    }
  });

  it("are followed by another diagnosis only after one that says itself that it cannot be undone", () => {
    const { Choices: rules = [], Default: otherwise } = states["Can it be undone?"] ?? {};
    const undos = Object.values(routesOf("Can it be undone?", "$.remedy.change.kind"));

    expect(rules.filter(({ Next }) => !undos.includes(Next))).toEqual([
      {
        And: [
          { Variable: "$.remedy.undo", IsPresent: true },
          { Variable: "$.remedy.undo", StringEquals: "cannot be undone" },
        ],
        Next: "Diagnose again",
      },
    ]);
    expect(otherwise).toBe("Report outcome");
  });

  it("are what changes a workload, with their undos; nothing else does", () => {
    const named = REMEDIES.flatMap(({ apply, undo }) => [apply, ...(undo === "cannot be undone" ? [] : [undo])]);

    expect([...STATE_NAMES].filter(changesWorkload).sort()).toEqual(named.map(({ name }) => name).sort());
  });
});

function placeholderFor(action: string): string {
  return `${action.replaceAll("-", "")}functionarn`;
}

/** The placeholder of the function that a state calls. */
function functionOf(name: string): string | undefined {
  return states[name]?.Resource?.split(":").at(-1);
}
