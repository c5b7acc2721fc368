/**
 * How large each half of the part of the heap may be in which objects begin, in MiB. By itself it doubles each time that a large
 * answer is taken apart, and stays so large: most of what a scan then takes is room that nothing is in.
 * Source: the Node.js documentation, `--max-semi-space-size`
 */
export const SEMI_SPACE_MB = 1;
