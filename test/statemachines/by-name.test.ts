import { describe, expect, it } from "vitest";
import { loadDefinition } from "../../local/engine/engine.ts";
import { changesWorkload, deedOf, followsRemedy, STATE_NAMES, waitOf } from "../../statemachines/by-name.ts";

interface State {
  Type: string;
  SecondsPath?: string;
  ItemProcessor?: { States: Record<string, State> };
}

function statesOf(states: Record<string, State>): [string, State][] {
  return Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...statesOf(state.ItemProcessor?.States ?? {}),
  ]);
}

const STATES = statesOf(loadDefinition().States);

describe("what is known of a state by its name", () => {
  it("is known of every state of the definition, and of no other", () => {
    expect([...STATE_NAMES].sort()).toEqual(STATES.map(([name]) => name).sort());
    expect([deedOf("No state"), waitOf("No state"), changesWorkload("No state")]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  it("says what each Task does, how long each Wait waits, and neither of the others", () => {
    for (const [name, { Type, SecondsPath }] of STATES) {
      expect(deedOf(name) !== undefined, name).toBe(Type === "Task");
      expect(waitOf(name), name).toBe(SecondsPath);
    }
  });

  it("says that the states between a remedy and its report follow upon it, and no others", () => {
    expect([...STATE_NAMES].filter(followsRemedy).sort()).toEqual([
      "Resume Argo CD",
      "Take the abort back",
      "Undo Flux rollback",
      "Undo Helm rollback",
      "Undo rollback",
      "Undo scaling",
      "Undo scaling through KEDA",
      "Verify",
      "Verify undo",
      "Wait again",
      "Wait for it to settle",
      "Wait for the undo",
    ]);
  });
});
