import type { Case } from "./case.ts";

/**
 * How many pods of the present revision have been ready for long, where they are more than those of it that fail: what fails is a
 * matter of its pods or their nodes then, not of the template alone. Undefined where they are not, or none of it fails.
 */
export function wellBeside({ ofCurrent, current, standings }: Case): number | undefined {
  const { proven = 0 } = (current === undefined ? undefined : standings.get(current.name)) ?? {};
  return ofCurrent.length > 0 && proven > ofCurrent.length ? proven : undefined;
}
