import { hasSeenSpec } from "../../shared/kubernetes/generation.ts";
import type { ReplicaSet } from "../../shared/kubernetes/types.ts";
import { kubectlScale } from "../commands.ts";
import { short } from "../gaps.ts";
import type { Kind } from "../kind.ts";
import { DEFAULT_PROGRESS_DEADLINE_SECONDS, podSeconds } from "../patience.ts";
import { cannotCreate, missingReplicas, unchangedSince } from "../status.ts";

/** Most ReplicaSets are parts, or earlier revisions, of a Deployment: they are no workloads of their own. */
export const REPLICA_SET = {
  kind: "ReplicaSet",
  apiVersion: "apps/v1",
  plural: "replicasets",
  suspects: {
    columns: ["Name", "Desired", "Current"],
    // Those of Deployments, most of them earlier revisions, are told by these.
    query: { labelSelector: "!pod-template-hash" },
    isSuspect: (_name, desired, current) => desired !== current,
  },
  counts: false,
  controlled: true,
  failures: (replicaSet, moment) => {
    const { metadata, status } = replicaSet;
    const refused = cannotCreate(status?.conditions);
    if (refused.length > 0) return refused;
    return missingReplicas(
      status?.availableReplicas,
      wanted(replicaSet),
      unchangedSince(metadata),
      moment,
      replicaSet.spec?.minReadySeconds,
    );
  },
  hasSeenSpec,
  wanted,
  ready: ({ status }) => status?.readyReplicas ?? 0,
  gaps: (replicaSet) => [
    ...short("ready", replicaSet.status?.readyReplicas, wanted(replicaSet)),
    ...short("available", replicaSet.status?.availableReplicas, wanted(replicaSet)),
  ],
  seconds: ({ spec }) => Math.max(podSeconds(spec), DEFAULT_PROGRESS_DEADLINE_SECONDS),
  // Its template is only for pods that it has yet to make.
  rollsOutByItself: () => false,
  isPaused: () => false,
  isUpdating: () => false,
  completedAt: () => undefined,
  commands: { resource: "replicaset", scale: kubectlScale("replicaset") },
} satisfies Kind<ReplicaSet>;

function wanted({ spec }: ReplicaSet): number {
  return spec?.replicas ?? 1;
}
