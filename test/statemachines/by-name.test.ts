import { describe, expect, it } from "vitest";
import { loadDefinition } from "../../local/engine/engine.ts";
import { changesWorkload, deedOf, STATE_NAMES, waitOf } from "../../statemachines/by-name.ts";

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

  it.each(STATES)(
    "says of %s what it does when it is a Task, and how long it waits when it is a Wait",
    (name, state) => {
      expect(deedOf(name) !== undefined).toBe(state.Type === "Task");
      expect(waitOf(name)).toBe(state.SecondsPath);
    },
  );

  it("says of the remedies and their undos, and of nothing else, that they change a workload", () => {
    expect([...STATE_NAMES].filter(changesWorkload)).toEqual([
      ...["Restart", "Roll back", "Scale"],
      ...["Undo rollback", "Undo scaling"],
    ]);
  });
});
