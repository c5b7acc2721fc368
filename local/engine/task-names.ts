import { loadDefinition } from "./engine.ts";

/** The names of the definition's Task states, the Map's included. */
export function taskNames(): Set<string> {
  const names = new Set<string>();
  const visit = (states: Record<string, { Type: string; ItemProcessor?: { States: typeof states } }>) => {
    for (const [name, state] of Object.entries(states)) {
      if (state.Type === "Task") names.add(name);
      if (state.ItemProcessor !== undefined) visit(state.ItemProcessor.States);
    }
  };
  visit(loadDefinition().States);
  return names;
}
