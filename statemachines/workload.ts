import type { Machine } from "./asl.ts";
import { APPLY_ROUTES, APPLY_STATES, REDRIVE, RUN, TAKE_UP, UNDO_ROUTES, UNDO_STATES } from "./remedies.ts";
import { byWord, choice, presentAs, task, wait } from "./states.ts";

/** The execution that the functions are told of: the whole run's, also where they work for one workload. */
export const EXECUTION = { "id.$": "$$.Execution.Id", "name.$": "$$.Execution.Name" } as const;
/** Where every error leads that says nothing of what a remedy did. */
const REPORT_ERROR = { keep: "$.error", next: "Report outcome" } as const;

/** What is done about one failing workload, in an execution of its own that "Remediate each workload" begins. */
export const WORKLOAD: Machine = {
  StartAt: "Claim workload",
  States: {
    "Claim workload": task({
      does: "claim",
      comment:
        "One execution at a time works on a workload. The claim is a Lease in the cluster, and expires by itself.",
      function: "claim",
      parameters: { operation: "acquire", ...REDRIVE, ...RUN },
      result: "$.claim",
      retry: ["ObjectChanged"],
      onError: REPORT_ERROR,
      next: "Claimed?",
    }),

    "Claimed?": choice(byWord("$.claim.status", { claimed: "Diagnose" }), "Report outcome"),

    Diagnose: task({
      does: "diagnose",
      comment: "Reads the evidence, then decides: cause, remedy, or the reason for none.",
      function: "classify",
      parameters: { operation: "first", ...REDRIVE, ...RUN },
      result: "$.diagnosis",
      onRedrive: TAKE_UP,
      onError: REPORT_ERROR,
      next: "Which remedy?",
    }),

    "Which remedy?": choice(byWord("$.diagnosis.remedy.action", APPLY_ROUTES), "Report outcome"),

    ...APPLY_STATES,

    "Look what was done": task({
      does: "look what was done",
      comment:
        "A remedy step that ends with an error may have done something all the same: what the cluster shows is what counts.",
      function: "verify",
      parameters: { operation: "look", ...REDRIVE, ...RUN },
      result: "$.remedy",
      onRedrive: TAKE_UP,
      onError: REPORT_ERROR,
      next: "Applied?",
    }),

    "Applied?": choice(
      byWord("$.remedy.status", { applied: "Wait for it to settle" }),
      "Report outcome",
      "A dry run stops before the write; a guard may have refused at the last moment.",
    ),

    "Wait for it to settle": wait("$.remedy.wait_seconds", "Verify"),

    Verify: task({
      does: "verify",
      comment: "A fresh look at pods, rollout and HPA. Recovered means that all of it held for the soak time.",
      function: "verify",
      parameters: { operation: "remedy", ...REDRIVE, ...RUN },
      result: "$.verification",
      onRedrive: TAKE_UP,
      onError: REPORT_ERROR,
      next: "Did it work?",
    }),

    "Did it work?": choice(
      byWord("$.verification.verdict", {
        recovered: "Report outcome",
        settling: "Wait again",
        go_on: "Which remedy?",
        cut_short: "Report outcome",
        nothing_runs: "Report outcome",
        taken_back: "Report outcome",
        overtaken: "Report outcome",
        interrupted: "Report outcome",
      }),
      "Can it be undone?",
    ),

    "Wait again": wait(
      "$.verification.wait_seconds",
      "Verify",
      "As long as it is still settling and inside its deadline, which the verify step watches.",
    ),

    "Can it be undone?": choice(
      [
        ...byWord("$.remedy.change.kind", UNDO_ROUTES),
        { And: presentAs("$.remedy.undo", "cannot be undone"), Next: "Diagnose again" },
      ],
      "Report outcome",
      "What can be undone is. What says that it cannot be undone may have another remedy. Anything else goes to people.",
    ),

    "Diagnose again": task({
      does: "diagnose",
      comment: "Chooses among what has not been tried yet. Its answer is the state anew, beside the first try.",
      function: "classify",
      parameters: { operation: "again", ...REDRIVE, ...RUN },
      onRedrive: TAKE_UP,
      onError: REPORT_ERROR,
      next: "Which remedy?",
    }),

    ...UNDO_STATES,

    "Undone?": choice(byWord("$.undo.status", { applied: "Wait for the undo" }), "Report outcome"),

    "Wait for the undo": wait("$.undo.wait_seconds", "Verify undo"),

    "Verify undo": task({
      does: "verify undo",
      function: "verify",
      parameters: { operation: "undo", ...RUN },
      result: "$.undo_verification",
      onError: REPORT_ERROR,
      next: "Is it as before?",
    }),

    "Is it as before?": choice(
      byWord("$.undo_verification.verdict", { settling: "Wait for the undo", not_begun: "Verify" }),
      "Report outcome",
    ),

    [TAKE_UP]: task({
      does: "take up claim",
      comment:
        "An execution that was stopped and redriven may find its claim expired or in other hands, and the workload otherwise. Its answer is the state anew, as far as that is still known.",
      function: "claim",
      parameters: { operation: "take_up", ...REDRIVE, ...RUN },
      retry: ["ObjectChanged"],
      onError: REPORT_ERROR,
      next: "Where does it go on?",
    }),

    "Where does it go on?": choice(
      byWord("$.claim.resume", {
        claim: "Claim workload",
        diagnosis: "Diagnose",
        look: "Look what was done",
        verification: "Verify",
        undo: "Verify undo",
      }),
      "Report outcome",
      "What was begun is looked at before anything else is done. What others have had since is only told.",
    ),

    "Report outcome": task({
      does: "report",
      comment: "Every path comes through here, errors included.",
      function: "notify",
      parameters: { about: "workload", ...REDRIVE, ...RUN },
      result: "$.report",
      retry: ["NotificationFailed"],
      onError: { keep: "$.report_error", next: "Release workload" },
      next: "Release workload",
    }),

    "Release workload": task({
      does: "release",
      comment: "Gives the claim back, with the outcome in its history.",
      function: "claim",
      parameters: { operation: "release", ...RUN },
      retry: ["ObjectChanged"],
      onError: { keep: "$.release_error", next: "Was it reported?" },
    }),

    "Was it reported?": choice(
      [{ Variable: "$.report", IsPresent: true, Next: "Leave claim to expire" }],
      "Nobody was told",
    ),

    "Leave claim to expire": {
      Type: "Pass",
      Comment: "The outcome stands as it was reported. The claim ends by itself.",
      Parameters: { delivered: true, "claim_error.$": "$.release_error.Error" },
      ResultPath: "$.left",
      Next: "Keep outcome",
    },

    "Keep outcome": {
      Type: "Pass",
      Parameters: { "result.$": "States.JsonMerge($.report, $.left, false)" },
      OutputPath: "$.result",
      End: true,
    },

    "Nobody was told": {
      Type: "Pass",
      Comment: "Neither could be done: the run fails, and subscribers are told of that. The claim ends by itself.",
      Parameters: {
        outcome: "Unresolved",
        "workload.$": "$.incident.workload",
        cause: "ClaimNotReleased",
        action: "none",
        "reason.$": "$.release_error.Error",
        summary:
          "Neither could its outcome be published, nor its claim be given back; the execution's history has both errors.",
        needs_person: true,
        delivered: false,
      },
      End: true,
    },
  },
};
