/** Tools that change nothing, and those that may: each set has a function of its own. */
export const TOOL_SETS = ["read", "act"] as const;
export type ToolSet = (typeof TOOL_SETS)[number];
