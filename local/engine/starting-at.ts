/** A machine, as far as it matters where its states lead. */
export interface Machine {
  StartAt: string;
  States: Readonly<Record<string, object>>;
}

/**
 * The machine that a state is of, beginning with it: the workflow, or what is done about one workload. States that are not
 * reached from there are left out, which the engine refuses.
 * @throws Error when there is no such state
 */
export function startingAt(state: string, { States: states }: Machine): Machine {
  if (state in states) return { StartAt: state, States: reached(state, states) };
  const [inner] = Object.values(states).flatMap((each) =>
    "ItemProcessor" in each ? [each.ItemProcessor as Machine] : [],
  );
  if (inner === undefined) throw new Error(`The definition has no state ${state}.`);
  return startingAt(state, inner);
}

function reached(from: string, states: Machine["States"]): Machine["States"] {
  const names = new Set([from]);
  for (const name of names) {
    for (const next of nextOf(states[name] ?? {})) names.add(next);
  }
  return Object.fromEntries(Object.entries(states).filter(([name]) => names.has(name)));
}

/** The states that one leads to. */
function nextOf({ Next, Default, Choices = [], Catch = [] }: Onward): string[] {
  return [Next, Default, ...Choices.map((rule) => rule.Next), ...Catch.map((each) => each.Next)].filter(
    (name) => name !== undefined,
  );
}

interface Onward {
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
  Catch?: { Next: string }[];
}
