import { followsRemedy } from "../../statemachines/by-name.ts";
import type { Expectation, Meanwhile } from "./format.ts";

/**
 * The states at which something should have happened meanwhile, of those that were not entered. Where a run is expected to
 * change nothing, and has changed nothing, the states that follow a remedy are rightly left out.
 *
 * @param left what has not happened, as its state was not entered
 * @param writes what the run changed
 */
export function missedStates(
  left: readonly Pick<Meanwhile, "at">[],
  expected: Pick<Expectation, "writes">,
  writes: readonly string[],
): string[] {
  const isHandsOff = expected.writes.length === 0 && writes.length === 0;
  return left.map(({ at }) => at).filter((at) => !(isHandsOff && followsRemedy(at)));
}
