import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../../functions/shared/policy.ts";
import { claimSeconds } from "../../../functions/run/pauses.ts";

describe("the policy", () => {
  it.each([undefined, "", "  \n", "{}"])("is the default one when its text is %o", (text) => {
    expect(parsePolicy(text)).toMatchObject({
      namespaces: { deny: [] },
      opt_in: false,
      verify: { soak_seconds: 60, deadline_seconds: 900 },
      scale: { max_replicas: 50 },
    });
  });

  it("keeps the defaults of what it does not name, beside what it names", () => {
    expect(parsePolicy('{"verify": {"soak_seconds": 5}}').verify).toEqual({
      ...parsePolicy(undefined).verify,
      soak_seconds: 5,
    });
  });

  it.each([
    ["a field that it does not know", '{"max_replica": 3}', "max_replica"],
    ["an unknown field further down", '{"scale": {"max": 3}}', "scale"],
    ["a number out of range", '{"scale": {"max_replicas": 0}}', "scale.max_replicas"],
    ["a share above one", '{"storm": {"min_share": 1.5}}', "storm.min_share"],
    ["half a second", '{"stable_seconds": 0.5}', "stable_seconds"],
    ["a number as text", '{"max_incidents": "5"}', "max_incidents"],
    ["a namespace that is no text", '{"namespaces": {"allow": [7]}}', "namespaces.allow.0"],
    ["a pattern for namespaces", '{"namespaces": {"deny": ["kube-*"]}}', "patterns are not known"],
    ["a namespace with a blank", '{"overrides": [{"namespaces": ["payments "]}]}', "overrides.0.namespaces.0"],
    ["a list", "[]", "input"],
    ["broken JSON", '{"opt_in": tru', "not valid JSON"],
  ])("is refused with %s, and the message says where", (_what, text, where) => {
    expect(() => parsePolicy(text)).toThrow(
      expect.objectContaining({ name: "InvalidPolicy", message: expect.stringContaining(where) as string }) as Error,
    );
  });
});

describe("the claim", () => {
  it("outlasts the wait for a remedy with its soak, and the wait for its undo", () => {
    const policy = parsePolicy('{"verify": {"deadline_seconds": 5000, "undo_deadline_seconds": 700}}');

    expect(claimSeconds(policy)).toBeGreaterThan(5_000 + policy.verify.soak_seconds + 700);
  });
});

describe("the claim of a workload whose soak keeps being broken", () => {
  it("outlasts the last look, its wait, and the wait for the undo", () => {
    const policy = parsePolicy(
      '{"verify": {"soak_seconds": 200, "deadline_seconds": 900, "undo_deadline_seconds": 120}}',
    );

    expect(claimSeconds(policy)).toBeGreaterThanOrEqual(900 + 3 * 200 + 120);
  });
});

describe("the claim of a workload whose restart does not help", () => {
  it("outlasts the rollback that follows it, and the undo of that", () => {
    const policy = parsePolicy(
      '{"verify": {"soak_seconds": 60, "deadline_seconds": 900, "undo_deadline_seconds": 120}}',
    );

    expect(claimSeconds(policy)).toBeGreaterThanOrEqual(2 * (900 + 3 * 60) + 120);
  });
});
