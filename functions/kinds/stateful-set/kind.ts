import { hasSeenSpec } from "../../shared/kubernetes/generation.ts";
import type { ControllerRevision, StatefulSet } from "../../shared/kubernetes/types.ts";
import { kubectlScale, rolloutUndo } from "../commands.ts";
import { fewer, short } from "../gaps.ts";
import type { Kind } from "../kind.ts";
import { podSeconds } from "../patience.ts";
import { CONTROLLER_REVISIONS } from "../revisions/controller-revisions.ts";
import { firstRolledOut } from "../revisions/revision.ts";
import { missingReplicas, unchangedSince } from "../status.ts";
import { isComplete } from "../suspects.ts";
import { replaceTemplate } from "../template-patch.ts";
import { madeAfter } from "./ordered.ts";
import { partitionOf } from "./partition.ts";
import { blocks, firstUpdated, ordinalOf, podsToUnblock } from "./unblocking.ts";

export const STATEFUL_SET = {
  kind: "StatefulSet",
  apiVersion: "apps/v1",
  plural: "statefulsets",
  suspects: {
    columns: ["Name", "Ready"],
    isSuspect: (_name, ready = "") => !isComplete(ready),
    wantsNone: (_name, ready = "") => ready.endsWith("/0"),
  },
  counts: true,
  failures: (statefulSet, moment) => {
    const { metadata, status } = statefulSet;
    const available = status?.availableReplicas ?? status?.readyReplicas;
    return missingReplicas(
      available,
      wanted(statefulSet),
      unchangedSince(metadata),
      moment,
      statefulSet.spec?.minReadySeconds,
    );
  },
  hasSeenSpec,
  wanted,
  ready: ({ status }) => status?.readyReplicas ?? 0,
  gaps: (statefulSet) => {
    const { status } = statefulSet;
    const partition = partitionOf(statefulSet);
    // After a rollback the two revisions are the same at once, so the pods have to be counted, too.
    const rolled = status?.currentRevision === status?.updateRevision || partition > 0;
    return [
      ...(rollsOutByItself(statefulSet)
        ? [
            ...fewer("updated", status?.updatedReplicas, wanted(statefulSet) - partition),
            ...(rolled ? [] : ["its pods are not all at the newest revision"]),
          ]
        : []),
      ...short("ready", status?.readyReplicas, wanted(statefulSet)),
      ...short("available", status?.availableReplicas, wanted(statefulSet)),
    ];
  },
  seconds: (statefulSet) => podSeconds(statefulSet.spec) * Math.max(1, wanted(statefulSet)),
  rollsOutByItself,
  isPaused: () => false,
  isUpdating,
  // The status does not tell the moment: the revision's own age stands for it, which errs on the side of leaving it in place.
  completedAt: ({ status }, current) =>
    status?.currentRevision === status?.updateRevision && status?.updatedReplicas === status?.replicas
      ? firstRolledOut(current)
      : undefined,
  lastComplete: ({ status }) => status?.currentRevision,
  isHeldBack: (statefulSet) => partitionOf(statefulSet) > 0 || statefulSet.spec?.updateStrategy?.type === "OnDelete",
  history: CONTROLLER_REVISIONS,
  templatePatch: replaceTemplate,
  // Source: kubernetes pkg/controller/statefulset/stateful_set_utils.go, newVersionedStatefulSetPod
  keepsRevision: (statefulSet, pod) => ordinalOf(pod) < firstUpdated(statefulSet),
  madeAfter,
  onceGone: true,
  quorum: true,
  waiting: { podsInTheWay: podsToUnblock, isInTheWay: blocks },
  commands: { resource: "statefulset", rollBack: rolloutUndo("statefulset"), scale: kubectlScale("statefulset") },
} satisfies Kind<StatefulSet, ControllerRevision>;

function wanted({ spec }: StatefulSet): number {
  return spec?.replicas ?? 1;
}

/**
 * Whether pods are being replaced. Those that the partition holds back keep the two revisions apart, for as long as somebody wants:
 * then it is over once all others are there, and all are ready.
 */
function isUpdating(statefulSet: StatefulSet): boolean {
  const { status } = statefulSet;
  const partition = partitionOf(statefulSet);
  const isApart = status?.updateRevision !== status?.currentRevision;
  const { updatedReplicas = 0, readyReplicas = 0 } = status ?? {};
  const isHeldBack =
    partition > 0 && updatedReplicas >= wanted(statefulSet) - partition && readyReplicas >= wanted(statefulSet);
  return isApart && !isHeldBack;
}

/** Not with the strategy `OnDelete`, nor where the partition holds every pod back. */
function rollsOutByItself(statefulSet: StatefulSet): boolean {
  const partition = partitionOf(statefulSet);
  const { spec } = statefulSet;
  return spec?.updateStrategy?.type !== "OnDelete" && (partition === 0 || partition < wanted(statefulSet));
}
