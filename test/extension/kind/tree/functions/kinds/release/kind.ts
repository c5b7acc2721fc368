import type { Failure } from "../../shared/kubernetes/failures.ts";
import type { PodTemplate, ReplicaSet, Workload } from "../../shared/kubernetes/types.ts";
import { kubectlScale } from "../commands.ts";
import { short, surplus } from "../gaps.ts";
import type { Kind } from "../kind.ts";
import { DEFAULT_PROGRESS_DEADLINE_SECONDS, podSeconds } from "../patience.ts";
import { replicaSetHistory } from "../revisions/replica-sets.ts";
import { conditionOf, fromCondition, type Condition } from "../status.ts";
import { replaceTemplate } from "../template-patch.ts";

/** A Release, as far as it is looked at. */
export interface Release extends Workload {
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

export const RELEASE = {
  kind: "Release",
  apiVersion: "example.com/v1alpha1",
  plural: "releases",
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
  gaps: (release) => {
    const { status } = release;
    return [
      ...short("updated", status?.updatedReplicas, wanted(release)),
      ...short("available", status?.availableReplicas, wanted(release)),
      ...surplus((status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)),
    ];
  },
  seconds: (release) => Math.max(podSeconds(release.spec), progressDeadline(release)),
  rollsOutByItself: () => true,
  isPaused: ({ spec, status }) => spec?.paused === true || status?.phase === "Paused",
  deadline: {
    isRollingOut: (release) => !hasSeenSpec(release) || release.status?.phase === "Progressing",
    ahead: (release) => (release.status?.phase === "Progressing" ? progressDeadline(release) : undefined),
  },
  isUpdating: () => false,
  completedAt: () => undefined,
  history: replicaSetHistory({ revision: "release.example.com/revision", hashLabel: "release-pod-template-hash" }),
  templatePatch: replaceTemplate,
  hasScale: true,
  commands: {
    resource: "release",
    rollBack: (namespace, name, revision) => [
      ...["kubectl", "release", "undo", name, "-n", namespace],
      `--to-revision=${revision}`,
    ],
    scale: kubectlScale("release"),
  },
} satisfies Kind<Release, ReplicaSet>;

function hasSeenSpec({ metadata, status }: Release): boolean {
  return status?.observedGeneration === String(metadata?.generation ?? 0);
}

function wanted({ spec }: Release): number {
  return spec?.replicas ?? 1;
}

function progressDeadline({ spec }: Release): number {
  return spec?.progressDeadlineSeconds ?? DEFAULT_PROGRESS_DEADLINE_SECONDS;
}

function failures({ status }: Release): Failure[] {
  const progressing = conditionOf(status?.conditions, "Progressing");
  return status?.phase === "Degraded" && progressing?.status === "False"
    ? [fromCondition(progressing, "ProgressDeadlineExceeded")]
    : [];
}
