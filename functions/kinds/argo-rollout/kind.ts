import type { ReplicaSet } from "../../shared/kubernetes/types.ts";
import { short, surplus } from "../gaps.ts";
import type { Kind } from "../kind.ts";
import { DEFAULT_PROGRESS_DEADLINE_SECONDS, podSeconds } from "../patience.ts";
import { replicaSetHistory } from "../revisions/replica-sets.ts";
import { conditionOf } from "../status.ts";
import { replaceTemplate } from "../template-patch.ts";
import { abortGaps, goesBack, keptAfterAbort } from "./abort.ts";
import { failures } from "./failures.ts";
import { heldBack } from "./held-back.ts";
import { hasSeenSpec, isAborted, isGivenUp, isPromoted, isSentTo, isWaiting, wanted, type Rollout } from "./rollout.ts";
import { storedTemplate } from "./stored-template.ts";

const HASH = "rollouts-pod-template-hash";

/**
 * A Rollout of Argo Rollouts. Its phase is the controller's own word for how it is; a stop at a step, and a promotion that
 * somebody has to give, are its way of working and no failure.
 */
export const ROLLOUT = {
  kind: "Rollout",
  apiVersion: "argoproj.io/v1alpha1",
  plural: "rollouts",
  optional: true,
  tool: "argo_rollouts",
  suspects: {
    columns: ["Name", "Desired", "Current", "Up-to-date", "Available"],
    isSuspect: (_name, desired, ...others) => others.some((number) => number !== desired),
    wantsNone: (_name, desired) => desired === "0",
  },
  counts: true,
  failures,
  hasSeenSpec,
  wanted,
  ready: ({ status }) => status?.readyReplicas ?? 0,
  gaps,
  seconds: (rollout) => {
    const kept = keptAfterAbort(rollout);
    return Math.max(podSeconds(rollout.spec), progressDeadline(rollout)) + (Number.isFinite(kept) ? kept : 0);
  },
  rollsOutByItself: () => true,
  isPaused: ({ spec }) => spec?.paused === true,
  deadline: {
    isRollingOut: (rollout) => !hasSeenSpec(rollout) || isUnderWay(rollout),
    ahead: (rollout) => (isUnderWay(rollout) ? progressDeadline(rollout) : undefined),
    seconds: progressDeadline,
  },
  isUpdating: () => false,
  completedAt: (rollout) => {
    const { status, lastTransitionTime } = conditionOf(rollout.status?.conditions, "Completed") ?? {};
    if (!hasSeenSpec(rollout) || !isPromoted(rollout)) return undefined;
    return status === "True" && lastTransitionTime !== undefined ? new Date(lastTransitionTime) : undefined;
  },
  isSentTo,
  history: replicaSetHistory({
    revision: "rollout.argoproj.io/revision",
    earlier: "rollout.argoproj.io/revision-history",
    hashLabel: HASH,
    passing: "rollout.argoproj.io/ephemeral-metadata",
    // The template is in another object, so that the controller's own word has to do.
    currentHash: (rollout: Rollout) =>
      rollout.spec?.workloadRef !== undefined && hasSeenSpec(rollout) ? rollout.status?.currentPodHash : undefined,
  }),
  asStored: (rollout) => {
    const { spec } = rollout;
    if (spec?.template === undefined) return rollout;
    return { ...rollout, spec: { ...spec, template: storedTemplate(spec.template) } };
  },
  heldBack,
  goesBack,
  templatePatch: replaceTemplate,
  commands: {
    resource: "rollout",
    look: (namespace, name) => ["kubectl", "argo", "rollouts", "get", "rollout", name, "-n", namespace],
    resume: (namespace, name) => ["kubectl", "argo", "rollouts", "promote", name, "-n", namespace],
    rollBack: (namespace, name, revision) => [
      ...["kubectl", "argo", "rollouts", "undo", name, "-n", namespace],
      `--to-revision=${revision}`,
    ],
  },
} satisfies Kind<Rollout, ReplicaSet>;

/**
 * Pods of several revisions are what a canary that waits for a promotion, or old ones that are kept for a while, look like; that
 * they all are available is what can be asked for then.
 */
function gaps(rollout: Rollout): string[] {
  const { status } = rollout;
  if (isAborted(rollout)) return abortGaps(rollout);
  const available = short("available", Math.min(status?.availableReplicas ?? 0, wanted(rollout)), wanted(rollout));
  if (status?.phase === "Healthy") return available;
  if (isWaiting(rollout) && (status?.availableReplicas ?? 0) >= (status?.replicas ?? 0)) return available;
  const old =
    rollout.spec?.strategy?.canary?.trafficRouting === undefined && rollout.spec?.strategy?.canary !== undefined;
  return [
    ...available,
    ...short("updated", status?.updatedReplicas, wanted(rollout)),
    ...(old ? surplus((status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)) : []),
    `its phase is ${status?.phase ?? "not known"}`,
  ];
}

/** Whether pods of a new revision are to come up, and its controller has not given that up, nor waits for somebody. */
function isUnderWay(rollout: Rollout): boolean {
  return !isGivenUp(rollout) && !isWaiting(rollout) && !isPromoted(rollout) && rollout.status?.phase === "Progressing";
}

function progressDeadline({ spec }: Rollout): number {
  return spec?.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE_SECONDS;
}
