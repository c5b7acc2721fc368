import { setFlagsFromString } from "node:v8";

/**
 * Keeps the part of the heap small in which objects begin. By itself it doubles each time that a large answer is taken apart,
 * and stays so large: most of what a scan then takes is room that nothing is in.
 * Source: v8 src/flags/flag-definitions.h, semi_space_growth_factor
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
