import * as z from "zod";
import { ERROR_NAMES } from "../../functions/shared/errors.ts";
import { Outcome } from "../../functions/run/contracts.ts";
import { REST_REASONS } from "../../functions/run/detection.ts";
import { Refusal } from "../../functions/run/refusals.ts";
import { Action, Policy } from "../../functions/shared/policy.ts";
import { Settings } from "../../functions/shared/settings.ts";
import { STATE_NAMES } from "../../statemachines/by-name.ts";
import { describeIssues } from "../../functions/shared/validation.ts";

/**
 * What `scenario.yaml` may say. README.md beside this file explains it with examples; this is the exact rule.
 */

/** A duration in a scenario, `7s`, `5m` or `1h`, as seconds. */
const Duration = z
  .string()
  .regex(/^\d+[smh]$/, "must be a duration such as 7s, 5m or 1h")
  .transform((text) => Number(text.slice(0, -1)) * { s: 1, m: 60, h: 3_600 }[text.at(-1) as "s" | "m" | "h"]);

/** One object, as kubectl names it. */
const ResourceName = z.string().regex(/^[a-z]+\/\S+$/, "must be a kind and a name, such as deployment/web");

/** One value, or several: what a field of an object is compared with. */
const Value = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]);

/** What a scenario waits for. */
const Until = z
  .strictObject({
    /** An object: one of its conditions, or one of its fields. */
    resource: ResourceName.optional(),
    /** `Type=Status`, such as `Progressing=False`. */
    condition: z
      .string()
      .regex(/^\w+=(True|False|Unknown)$/, "must be a type and a status, such as Progressing=False")
      .optional(),
    path: z.string().optional(),
    equals: Value.optional(),
    /** Pods: a reason that they show, in a waiting container, in a condition, or in their own status. */
    pods: z.string().optional(),
    /** How many pods; one, if it is not said. */
    count: z.int().min(1).optional(),
    /** How long it may take. */
    within: Duration.default(60),
  })
  .superRefine((until, context) => {
    const { resource, condition, path, equals, pods, count } = until;
    const complain = (message: string) => {
      context.addIssue({ code: "custom", message });
    };
    if ((resource === undefined) === (pods === undefined)) complain("needs either resource or pods");
    if (resource !== undefined && (condition === undefined) === (path === undefined))
      complain("needs either condition or path beside resource");
    if ((path === undefined) !== (equals === undefined)) complain("path and equals belong together");
    if (count !== undefined && pods === undefined) complain("count belongs to pods");
  });
export type Until = z.output<typeof Until>;

const STEP_VERBS = [
  "apply",
  "patch",
  "kubectl",
  "rolled_out",
  "until",
  "wait",
  "settings",
  "stop",
  "fleet_storm",
  "fleet_places",
] as const;

/** One thing that a user does, or waits for. */
const Step = z
  .strictObject({
    /** `kubectl apply` of a manifest; the path starts from the scenario's folder. */
    apply: z.string().optional(),
    /** How many copies of the manifest, told apart by `${INDEX}`. */
    times: z.int().min(1).max(200).optional(),
    /** Where the manifest's objects go instead of into the scenario's namespace. */
    namespace: z.string().optional(),
    /** The object that controls what is applied, as its owner references have it. */
    owner: ResourceName.optional(),
    /** `kubectl patch` with the YAML under `with`, as a strategic merge patch. */
    patch: ResourceName.optional(),
    with: z.record(z.string(), z.unknown()).optional(),
    /** What `apply` or `patch` is known by in the managed fields of the objects, as if another tool had written them. */
    as: z.string().min(1).optional(),
    /** Any other kubectl command, argument by argument, in the scenario's namespace. */
    kubectl: z
      .array(z.union([z.string(), z.number()]).transform(String))
      .min(1)
      .optional(),
    /** `kubectl rollout status`. */
    rolled_out: ResourceName.optional(),
    until: Until.optional(),
    /** Only where time itself matters. */
    wait: Duration.optional(),
    /** Sets what is set at run time; as a text, it is written as it is, as somebody may who makes a mistake. */
    settings: z.union([Settings, z.string()]).optional(),
    /** Stops everything, for a reason; `false` lets it go on. */
    stop: z.union([z.literal(false), z.string()]).optional(),
    /** Has clusters of a fleet fail alike by this sign, of which others are to be remedied first. */
    fleet_storm: z.string().optional(),
    /** Has remedies for this sign begin in as many other clusters as may begin before it is known whether many fail alike. */
    fleet_places: z.string().optional(),
  })
  .superRefine((step, context) => {
    const verbs = STEP_VERBS.filter((verb) => step[verb] !== undefined);
    const complain = (message: string) => {
      context.addIssue({ code: "custom", message });
    };
    if (verbs.length !== 1) complain(`needs exactly one of ${STEP_VERBS.join(", ")}`);
    if (step.times !== undefined && step.apply === undefined) complain("times belongs to apply");
    if (step.namespace !== undefined && step.apply === undefined) complain("namespace belongs to apply");
    if (step.owner !== undefined && step.apply === undefined) complain("owner belongs to apply");
    if (step.as !== undefined && (step.apply ?? step.patch) === undefined) complain("as belongs to apply or patch");
    if ((step.with === undefined) !== (step.patch === undefined)) complain("patch and with belong together");
  });
export type Step = z.output<typeof Step>;

/** What is expected of one workload; what is not said is not looked at. */
const ExpectedWorkload = z.strictObject({
  name: z.string(),
  kind: z.string().optional(),
  outcome: Outcome,
  cause: z.string().optional(),
  action: z.enum([...Action.options, "none"]).optional(),
  /** The refusal, or the error's name. */
  reason: z.union([Refusal, z.enum(ERROR_NAMES)], { error: "is neither a refusal nor an error's name" }).optional(),
  needs_person: z.boolean().optional(),
  /** Parts of the sentence that its report ends with, whether subscribers are told or not. */
  summary: z.array(z.string()).optional(),
});
export type ExpectedWorkload = z.output<typeof ExpectedWorkload>;

/** A read of the API server when the run has ended. */
const ExpectedState = z
  .strictObject({
    /** One object (`deployment/web`), or all of a kind in the namespace (`pods`). */
    resource: z.string().regex(/^[a-z]+(\/\S+)?$/, "must be a kind, or a kind and a name"),
    path: z.string().optional(),
    equals: Value.optional(),
    /** How many objects of the kind there are. */
    count: z.int().min(0).optional(),
  })
  .superRefine(({ path, equals, count }, context) => {
    if ((path === undefined) !== (equals === undefined)) {
      context.addIssue({ code: "custom", message: "path and equals belong together" });
    }
    if ((path === undefined) === (count === undefined)) {
      context.addIssue({ code: "custom", message: "needs either path and equals, or count" });
    }
  });
export type ExpectedState = z.output<typeof ExpectedState>;

const Expectation = z
  .strictObject({
    /** For runs that end without looking after a workload: `[Healthy]`, `[Storm]`. */
    outcomes: z.array(Outcome).min(1).optional(),
    workloads: z.array(ExpectedWorkload).min(1).optional(),
    /** How many failing workloads the policy keeps the workflow away from. */
    out_of_scope: z.int().optional(),
    /** How many failing workloads are left alone for each reason. */
    resting: z.partialRecord(z.enum(REST_REASONS), z.int()).optional(),
    /** Parts of what subscribers are told. */
    message: z.array(z.string()).default([]),
    /**
     * Every change that the run makes to the cluster, in order, as the audit log names it: `patch deployments`,
     * `create pods/eviction`. Claims and Events are left out.
     */
    writes: z.array(
      z
        .string()
        .regex(/^(create|update|patch|delete) [a-z/]+$/, "must be a verb and a resource, such as patch deployments"),
    ),
    cluster: z.array(ExpectedState).default([]),
  })
  .superRefine(({ outcomes, workloads }, context) => {
    if ((outcomes === undefined) === (workloads === undefined)) {
      context.addIssue({ code: "custom", message: "needs either workloads or outcomes" });
    }
  });
export type Expectation = z.output<typeof Expectation>;

/** What somebody does while the workflow is in a state. */
const Meanwhile = z.strictObject({
  at: z.string().refine((name) => STATE_NAMES.has(name), "is no state of statemachines/remediation.asl.json"),
  steps: z.array(Step).min(1),
});
export type Meanwhile = z.output<typeof Meanwhile>;

/** The fields of one run of the workflow and what comes before it. */
const round = {
  /** How the situation comes about. */
  steps: z.array(Step).default([]),
  /** Laid over the quick policy of the suite. */
  policy: z.record(z.string(), z.unknown()).superRefine(checkPolicy).default({}),
  /** The request; by default the workflow looks for failures in the scenario's namespace. */
  run: z.record(z.string(), z.unknown()).default({}),
  /** Each happens once, when the workflow enters the state; its next step waits until it is done. */
  meanwhile: z.array(Meanwhile).default([]),
  expect: Expectation,
};

/** One run of the workflow, and what leads to it. */
const FurtherRound = z.strictObject({
  /** How much later than the run before, by the workflow's clock. */
  later: Duration.default(0),
  ...round,
});
export type Round = z.output<typeof FurtherRound>;

export const ScenarioFile = z.strictObject({
  /** One sentence that says what happens. */
  summary: z.string().min(10),
  /** Gives the scenario a tainted node of its own, `${NODE}`. */
  own_node: z.boolean().default(false),
  /** Files with CustomResourceDefinitions, which are applied before anything else; paths start from the scenario's folder. */
  crds: z.array(z.string()).default([]),
  /** Files with KWOK stages for their objects; a `stages.yaml` in the folder need not be named. */
  stages: z.array(z.string()).default([]),
  ...round,
  /** Further runs, one after the other. */
  then: z.array(FurtherRound).default([]),
  /** What is left to tidy up outside the namespace. */
  afterwards: z.array(Step).default([]),
});
export type ScenarioFile = z.output<typeof ScenarioFile>;

function checkPolicy(policy: Record<string, unknown>, context: z.RefinementCtx): void {
  const parsed = Policy.safeParse(policy);
  if (!parsed.success) context.addIssue({ code: "custom", message: `is refused: ${describeIssues(parsed.error)}` });
}
