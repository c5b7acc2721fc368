import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { isRemediationError } from "../../../functions/shared/errors.ts";
import { parsePolicy, Policy } from "../../../functions/shared/policy.ts";
import { parseRequest } from "../../../functions/run/request.ts";
import { anyJson, hostileText, label, mutated, UNPRINTABLE } from "../../support/hostile.ts";

/** The rules that Kubernetes and EKS have for names, written down a second time. */
const isLabel = (text: string) => text.length <= 63 && /^[a-z0-9-]+$/.test(text) && !/^-|-$/.test(text);
const isSubdomain = (text: string) =>
  text.length <= 253 && text.split(".").every((part) => /^[a-z0-9-]+$/.test(part) && !/^-|-$/.test(part));
const isClusterName = (text: string) => text.length <= 100 && /^[\w-]+$/.test(text) && /^[A-Za-z0-9]/.test(text);

const FIELDS = [
  "action",
  "cluster_name",
  "namespace",
  "pod_name",
  "deployment_name",
  "replicas",
  "revision",
  "dry_run",
] as const;

const clusterName = fc.stringMatching(/^[0-9A-Za-z][A-Za-z0-9_-]{0,20}$/);
const base = { cluster_name: clusterName, namespace: label };
const optional = { requiredKeys: [] as never[] };
const dryRun = fc.record({ dry_run: fc.boolean() }, optional);
const withDryRun = <T extends object>(request: fc.Arbitrary<T>) =>
  fc.tuple(request, dryRun).map(([fields, rest]) => ({ ...fields, ...rest }));

const validRequest: fc.Arbitrary<object> = fc.oneof(
  withDryRun(fc.record({ cluster_name: clusterName })),
  withDryRun(fc.record({ ...base })),
  withDryRun(fc.record({ action: fc.constant("detect_failures"), ...base })),
  withDryRun(fc.record({ action: fc.constant("restart_pod"), ...base, pod_name: label })),
  withDryRun(
    fc.record({
      action: fc.constant("rollback_deployment"),
      ...base,
      deployment_name: label,
      revision: fc.integer({ min: 1 }),
    }),
  ),
  withDryRun(
    fc.record({
      action: fc.constant("scale_deployment"),
      ...base,
      deployment_name: label,
      replicas: fc.integer({ min: 1, max: 5_000 }),
    }),
  ),
);

/** What a parser makes of an input: its result, or the message of its refusal. Anything else that is thrown fails the test. */
function tried<T>(parse: () => T, refusal: string): { result: T } | { message: string } {
  try {
    return { result: parse() };
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    expect(error.name).toBe(refusal);
    return { message: error.message };
  }
}

function expectReadable(message: string): void {
  expect(message.length).toBeLessThan(1_200);
  expect(message).not.toMatch(UNPRINTABLE);
}

/** Either a request in which every name is one, or a refusal that names a field. */
function expectSound(input: unknown): void {
  const outcome = tried(() => parseRequest(input), "InvalidRequest");
  if ("message" in outcome) {
    expectReadable(outcome.message);
    expect(outcome.message).toMatch(
      /^The request (must be a JSON object|is refused: (action|cluster_name|namespace|pod_name|deployment_name|replicas|revision|dry_run|input: does not take)[: ])/,
    );
    return;
  }
  const fields = outcome.result as Record<(typeof FIELDS)[number], unknown>;
  expect(Object.keys(fields).filter((name) => !(FIELDS as readonly string[]).includes(name))).toEqual([]);
  const texts: [unknown, (text: string) => boolean][] = [
    [fields.cluster_name, isClusterName],
    [fields.namespace ?? "shop", isLabel],
    [fields.pod_name ?? "web", isSubdomain],
    [fields.deployment_name ?? "web", isSubdomain],
  ];
  for (const [value, isName] of texts) expect([value, isName(value as string)]).toEqual([value, true]);
  for (const number of [fields.replicas ?? 1, fields.revision ?? 1]) {
    expect(Number.isSafeInteger(number) && (number as number) >= 1).toBe(true);
  }
  expect([true, false]).toContain(fields.dry_run ?? false);
  expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
}

describe("a request", () => {
  it("that keeps the rules is taken as it is", () => {
    fc.assert(
      fc.property(validRequest, (request) => {
        expect(parseRequest(request)).toEqual(request);
      }),
      { numRuns: 500 },
    );
  });

  it("is sound or refused in one bounded line, whatever JSON it is", () => {
    fc.assert(fc.property(anyJson, expectSound), { numRuns: 2_000 });
  });

  it("is sound or refused in one bounded line, however a valid one is changed", () => {
    fc.assert(fc.property(mutated(validRequest, FIELDS), expectSound), { numRuns: 4_000 });
  });

  it.each(["namespace", "pod_name", "cluster_name"])("is refused for any text in %s that is no such name", (field) => {
    const isName = { namespace: isLabel, pod_name: isSubdomain, cluster_name: isClusterName }[field];
    const request = { action: "restart_pod", cluster_name: "prod", namespace: "shop", pod_name: "web" };

    fc.assert(
      fc.property(hostileText, (text) => {
        const outcome = tried(() => parseRequest({ ...request, [field]: text }), "InvalidRequest");
        expect("result" in outcome).toBe(isName?.(text));
        if ("message" in outcome) expect(outcome.message).toContain(`${field}: `);
      }),
      { numRuns: 1_000 },
    );
  });

  it("with thousands of unknown fields is refused in one bounded line", () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, number) => [`field\n${number}`, number]));

    expectSound({ cluster_name: "prod", ...many });
  });
});

describe("a policy", () => {
  const FULL = Policy.parse({}) as unknown as Record<string, object>;

  function expectPolicy(text: string): void {
    const outcome = tried(() => parsePolicy(text), "InvalidPolicy");
    if ("message" in outcome) expectReadable(outcome.message);
    else expect(Policy.parse(outcome.result)).toEqual(outcome.result);
  }

  it("is complete, or refused in one bounded line, whatever text it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostileText,
          anyJson.map((json) => JSON.stringify(json).slice(1)),
        ),
        expectPolicy,
      ),
      { numRuns: 1_000 },
    );
  });

  it("with thousands of wrong values is refused in one bounded line", () => {
    expectPolicy(JSON.stringify({ namespaces: { deny: Array(5_000).fill(7) } }));
  });

  it("is complete, or refused in one bounded line, whatever JSON it is", () => {
    const policies = fc.oneof(anyJson, mutated(fc.constant(FULL), Object.keys(FULL)));

    fc.assert(
      fc.property(policies, (json) => {
        expectPolicy(JSON.stringify(json));
      }),
      { numRuns: 1_500 },
    );
  });

  it("is complete, or refused in one bounded line, whatever is changed in one of its sections", () => {
    const sections = Object.entries(FULL).filter(
      ([, section]) => typeof section === "object" && !Array.isArray(section),
    );
    const changed = fc
      .constantFrom(...sections)
      .chain(([name, section]) =>
        mutated(fc.constant(section), Object.keys(section)).map((mutation) => ({ [name]: mutation })),
      );

    fc.assert(
      fc.property(changed, (json) => {
        expectPolicy(JSON.stringify(json));
      }),
      { numRuns: 2_000 },
    );
  });
});
