import { Policy } from "../../functions/shared/policy.ts";

/**
 * The default policy, with patience for seconds instead of minutes, and limits that scenarios which are played side by side on
 * one cluster do not reach.
 */
const QUICK = {
  stable_seconds: 6,
  detect: { hpa_limited_seconds: 3, set_update_seconds: 0 },
  verify: { soak_seconds: 4, interval_seconds: 2, deadline_seconds: 30, undo_deadline_seconds: 20 },
  cool_down: { base_seconds: 1 },
  restart: { quiet_seconds: 2 },
  limits: {
    ...{ concurrent: 100, per_namespace: 100, per_hour: 1_000, canary: false },
    breaker: { failures: 20, of: 20 },
  },
};

/** The quick policy with some of its fields replaced; sections that are given in part keep their other fields. */
export function quickPolicy(overrides: object): Policy {
  return Policy.parse(withOverrides(QUICK, overrides));
}

/** Lays one policy over another, section by section. */
export function withOverrides(policy: object, overrides: object): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...policy };
  for (const [key, value] of Object.entries(overrides) as [string, unknown][]) {
    const present = merged[key];
    merged[key] = isSection(present) && isSection(value) ? { ...present, ...value } : value;
  }
  return merged;
}

function isSection(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
