import type { Failure } from "../../shared/kubernetes/failures.ts";
import type { PodTemplate, ReplicaSet, Workload } from "../../shared/kubernetes/types.ts";
import { kubectlScale } from "../commands.ts";
import { short, surplus } from "../gaps.ts";
import type { Kind } from "../kind.ts";
import { DEFAULT_PROGRESS_DEADLINE_SECONDS, podSeconds } from "../patience.ts";
import { replicaSetHistory } from "../revisions/replica-sets.ts";
import { conditionOf, fromCondition, type Condition } from "../status.ts";
import { replaceTemplate } from "../template-patch.ts";

/** A Rollout, as far as it is looked at. */
export interface Rollout extends Workload {
  spec?: {
    replicas?: number;
    paused?: boolean;
    progressDeadlineSeconds?: number;
    template?: PodTemplate;
  } & Workload["spec"];
  status?: {
    /** A text, unlike that of the kinds of Kubernetes. */
    observedGeneration?: string;
    phase?: string;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    conditions?: Condition[];
  };
}

export const ROLLOUT = {
  kind: "Rollout",
  apiVersion: "argoproj.io/v1alpha1",
  plural: "rollouts",
  optional: true,
  suspects: {
    columns: ["Name", "Desired", "Current", "Up-to-date", "Available"],
    isSuspect: (_name, desired, ...others) => others.some((number) => number !== desired),
  },
  counts: true,
  failures,
  hasSeenSpec,
  wanted,
  ready: ({ status }) => status?.readyReplicas ?? 0,
  gaps: (rollout) => {
    const { status } = rollout;
    return [
      ...short("updated", status?.updatedReplicas, wanted(rollout)),
      ...short("available", status?.availableReplicas, wanted(rollout)),
      ...surplus((status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)),
    ];
  },
  seconds: (rollout) => Math.max(podSeconds(rollout.spec), progressDeadline(rollout)),
  rollsOutByItself: () => true,
  isPaused: ({ spec, status }) => spec?.paused === true || status?.phase === "Paused",
  deadline: {
    isRollingOut: (rollout) => !hasSeenSpec(rollout) || rollout.status?.phase === "Progressing",
    ahead: (rollout) => (rollout.status?.phase === "Progressing" ? progressDeadline(rollout) : undefined),
  },
  isUpdating: () => false,
  completedAt: () => undefined,
  history: replicaSetHistory({ revision: "rollout.argoproj.io/revision", hashLabel: "rollouts-pod-template-hash" }),
  templatePatch: replaceTemplate,
  hasScale: true,
  commands: {
    resource: "rollout",
    rollBack: (namespace, name, revision) => [
      ...["kubectl", "argo", "rollouts", "undo", name, "-n", namespace],
      `--to-revision=${revision}`,
    ],
    scale: kubectlScale("rollout"),
  },
} satisfies Kind<Rollout, ReplicaSet>;

function hasSeenSpec({ metadata, status }: Rollout): boolean {
  return status?.observedGeneration === String(metadata?.generation ?? 0);
}

function wanted({ spec }: Rollout): number {
  return spec?.replicas ?? 1;
}

function progressDeadline({ spec }: Rollout): number {
  return spec?.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE_SECONDS;
}

function failures({ status }: Rollout): Failure[] {
  const progressing = conditionOf(status?.conditions, "Progressing");
  return status?.phase === "Degraded" && progressing?.status === "False"
    ? [fromCondition(progressing, "ProgressDeadlineExceeded")]
    : [];
}
