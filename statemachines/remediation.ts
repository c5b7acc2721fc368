import type { ErrorName } from "../functions/shared/errors.ts";
import type { Machine } from "./asl.ts";
import { REDRIVE } from "./remedies.ts";
import { byWord, caught, choice, presentAs, task } from "./states.ts";
import { EXECUTION, WORKLOAD } from "./workload.ts";

/** What the executions of workloads have in their names after that of the state machine. */
export const WORKLOAD_LABEL = "Workload";

/**
 * For how many workloads executions run at the same time; the others wait. How many remedies may be under way is not its
 * concern, the claims see to that: it keeps the invocations of a run to a small part of an account's 1,000 at a time, and its
 * requests to what an API server does not feel.
 */
export const WORKLOADS_AT_ONCE = 20;

/**
 * How long a run may take, in seconds. What a policy can need is less, or it is refused when it is deployed: this only ends
 * what nothing else ends.
 */
export const RUN_SECONDS = 86_400;

/**
 * The workflow. `npm run docs` writes `remediation.asl.json` from it, which is what AWS and the engine on one machine run.
 */
export const REMEDIATION: Machine & { Comment: string; TimeoutSeconds: number } = {
  Comment:
    "Finds failing workloads on a Kubernetes cluster, remedies them where that is safe, verifies, undoes what did not help, and reports. One definition for AWS and for one machine.",
  StartAt: "Which request?",
  TimeoutSeconds: RUN_SECONDS,
  States: {
    "Which request?": choice(
      [
        {
          And: [
            { Variable: "$.action", IsPresent: true },
            { Not: { Variable: "$.action", StringEquals: "detect_failures" } },
          ],
          Next: "Find workload",
        },
      ],
      "Detect failures",
      "A runbook names its remedy and skips detection. Everything else is checked and detected by the next step.",
    ),

    "Detect failures": task({
      does: "detect",
      comment: "A cluster that cannot be reached is given one more try here: the next run of the schedule is another.",
      function: "detect",
      result: "$.detection",
      retryOnce: ["ClusterUnreachable"],
      onError: { next: "Report failed run" },
      next: "Anything failing?",
    }),

    "Find workload": task({
      does: "detect",
      comment:
        "Refuses a malformed request before the cluster is touched, then finds the workload that the runbook means.",
      function: "detect",
      result: "$.detection",
      onError: { next: "Report failed run" },
      next: "Count workloads",
    }),

    "Anything failing?": choice(
      [
        { And: presentAs("$.action", "detect_failures"), Next: "Detected" },
        {
          And: [
            { Variable: "$.detection.storm_over", IsPresent: true },
            { Not: { Variable: "$.ended", IsPresent: true } },
          ],
          Next: "Note the storm's end",
        },
        ...byWord("$.detection.status", { healthy: "Healthy", resting: "Resting" }),
      ],
      "Failure storm?",
    ),

    Detected: {
      Type: "Succeed",
      Comment: "detect_failures asks for the findings alone.",
      OutputPath: "$.detection",
    },

    Healthy: {
      Type: "Pass",
      Parameters: {
        outcomes: ["Healthy"],
        "cluster_name.$": "$.detection.cluster_name",
        "pods_seen.$": "$.detection.pods_seen",
        "out_of_scope.$": "$.detection.out_of_scope",
        "in_rollout.$": "$.detection.in_rollout",
        "unseen.$": "$.detection.unseen",
        workloads: [],
      },
      End: true,
    },

    Resting: {
      Type: "Pass",
      Comment:
        "All that fails is claimed by another execution, cools down, or is left to a person: it costs what a healthy cluster costs.",
      Parameters: {
        outcomes: ["Skipped"],
        "cluster_name.$": "$.detection.cluster_name",
        "pods_seen.$": "$.detection.pods_seen",
        "out_of_scope.$": "$.detection.out_of_scope",
        "in_rollout.$": "$.detection.in_rollout",
        "resting.$": "$.detection.resting",
        "unseen.$": "$.detection.unseen",
        workloads: [],
      },
      End: true,
    },

    "Note the storm's end": task({
      does: "remember storm",
      comment: "Before it is told, so that it is told once. Where it cannot be noted it is not told.",
      function: "claim",
      parameters: { operation: "storm_over", "detection.$": "$.detection", execution: EXECUTION },
      result: "$.ended",
      retry: ["ObjectChanged"],
      onError: { keep: "$.ended", next: "Anything failing?" },
      next: "Is its end told?",
    }),

    "Is its end told?": choice(byWord("$.ended.status", { known: "Anything failing?" }), "Report the storm's end"),

    "Report the storm's end": task({
      does: "report",
      function: "notify",
      parameters: { about: "storm_over", "detection.$": "$.detection", execution: EXECUTION },
      result: "$.report",
      retry: ["NotificationFailed"],
      onError: { next: "Nobody could be told" },
      next: "Anything failing?",
    }),

    "Failure storm?": choice(
      [{ Variable: "$.detection.storm", IsPresent: true, Next: "Remember storm" }],
      "Count workloads",
    ),

    "Remember storm": task({
      does: "remember storm",
      comment:
        "Many workloads at once, in the cluster, a namespace or on a node: nothing of it is touched. Subscribers are told when it begins, then after pauses that double, up to a day, and when it is over. Where that cannot be remembered the outputs of earlier runs have to do.",
      function: "claim",
      parameters: { operation: "storm", "detection.$": "$.detection", execution: EXECUTION },
      result: "$.memory",
      retry: ["ObjectChanged"],
      onError: { keep: "$.memory", next: "Report storm" },
      next: "Told before?",
    }),

    "Told before?": choice(byWord("$.memory.status", { known: "Anything beside the storm?" }), "Report storm"),

    "Report storm": task({
      does: "report",
      function: "notify",
      parameters: { about: "storm", "detection.$": "$.detection", "memory.$": "$.memory", execution: EXECUTION },
      result: "$.report",
      retry: ["NotificationFailed"],
      onError: { next: "Nobody could be told" },
      next: "Remember that it was told",
    }),

    "Remember that it was told": task({
      does: "remember storm",
      comment: "Until then it counts as untold, so that the next run tells what this one could not.",
      function: "claim",
      parameters: { operation: "storm_told", "detection.$": "$.detection", execution: EXECUTION },
      result: "$.memory",
      retry: ["ObjectChanged"],
      onError: { keep: "$.memory_error", next: "Anything beside the storm?" },
      next: "Anything beside the storm?",
    }),

    "Anything beside the storm?": choice(
      byWord("$.detection.status", { failing: "Count workloads" }),
      "Storm",
      "What a storm of one namespace or node does not cover is looked after all the same.",
    ),

    Storm: {
      Type: "Pass",
      Parameters: {
        outcomes: ["Storm"],
        "cluster_name.$": "$.detection.cluster_name",
        "summary.$": "$.detection.storm",
        "storm_seen.$": "$.detection.storm_seen",
        workloads: [],
      },
      End: true,
    },

    "Count workloads": {
      Type: "Pass",
      Comment: "Each of them has to come back with an outcome.",
      Parameters: { "workloads.$": "States.ArrayLength($.detection.incidents)" },
      ResultPath: "$.found",
      Next: "Remediate each workload",
    },

    "Remediate each workload": {
      Type: "Map",
      Comment:
        "One execution per workload, so that none of them fills another's history. Every error in it ends in a reported outcome; should one fail all the same, the others go on. The results take the place of the incidents: both together may be more than a state may hold.",
      Label: WORKLOAD_LABEL,
      ItemsPath: "$.detection.incidents",
      MaxConcurrency: WORKLOADS_AT_ONCE,
      ToleratedFailurePercentage: 100,
      ItemSelector: {
        "cluster_name.$": "$.detection.cluster_name",
        "dry_run.$": "$.detection.dry_run",
        execution: EXECUTION,
        "found_at.$": "$.detection.at",
        "workloads.$": "$.found.workloads",
        "incident.$": "$$.Map.Item.Value",
      },
      ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, ...WORKLOAD },
      ResultPath: "$.detection.incidents",
      Catch: caught({ next: "Report failed run" }),
      Next: "Any outcome?",
    },

    "Any outcome?": choice(
      [{ Variable: "$.detection.incidents[0].outcome", IsPresent: true, Next: "Summarise" }],
      "Workload without outcome",
      "A path to the outcomes of all finds nothing where there is none.",
    ),

    Summarise: {
      Type: "Pass",
      Parameters: {
        "outcomes.$": "$.detection.incidents[*].outcome",
        "cluster_name.$": "$.detection.cluster_name",
        "omitted.$": "$.detection.omitted",
        "in_rollout.$": "$.detection.in_rollout",
        "resting.$": "$.detection.resting",
        "unseen.$": "$.detection.unseen",
        "storm_seen.$": "$.detection.storm_seen",
        "workloads.$": "$.detection.incidents",
        "workloads_found.$": "$.found.workloads",
        "workloads_ended.$": "States.ArrayLength($.detection.incidents[*].outcome)",
        "someone_not_told.$": "States.ArrayContains($.detection.incidents[*].delivered, false)",
      },
      Next: "Is none missing?",
    },

    "Is none missing?": choice(
      [{ Variable: "$.workloads_ended", NumericEqualsPath: "$.workloads_found", Next: "Was everyone told?" }],
      "Workload without outcome",
    ),

    "Workload without outcome": {
      Type: "Fail",
      Error: "WorkloadWithoutOutcome" satisfies ErrorName,
      Cause:
        "The execution of at least one workload ended before its outcome was decided. The Map Run of this execution lists it as failed, timed out or aborted; its input names the workload.",
    },

    "Was everyone told?": choice(
      [{ Variable: "$.someone_not_told", BooleanEquals: true, Next: "Outcome not delivered" }],
      "Done",
    ),

    Done: { Type: "Succeed" },

    "Outcome not delivered": {
      Type: "Fail",
      Error: "NotificationFailed",
      Cause:
        "At least one workload's outcome could not be published; the execution's history holds it. Check the topic and the notify function's permissions.",
    },

    "Report failed run": task({
      does: "report failed run",
      function: "notify",
      parameters: {
        about: "failure",
        ...REDRIVE,
        "request.$": "$$.Execution.Input",
        "error.$": "$",
        execution: EXECUTION,
      },
      result: "$.report",
      retry: ["NotificationFailed"],
      onError: { keep: "$.report_error", next: "Nobody could be told" },
      next: "Run failed",
    }),

    "Nobody could be told": {
      Type: "Fail",
      Comment: "By this name the event of its end is told, once more and apart from the workflow.",
      Error: "NotificationFailed",
      CausePath: "$.Cause",
    },

    "Run failed": { Type: "Fail", ErrorPath: "$.Error", CausePath: "$.Cause" },
  },
};
