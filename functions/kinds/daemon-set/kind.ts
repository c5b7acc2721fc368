import { hasSeenSpec } from "../../shared/kubernetes/generation.ts";
import type { ControllerRevision, DaemonSet } from "../../shared/kubernetes/types.ts";
import { rolloutUndo } from "../commands.ts";
import { short } from "../gaps.ts";
import type { Kind } from "../kind.ts";
import { podSeconds } from "../patience.ts";
import { CONTROLLER_REVISIONS } from "../revisions/controller-revisions.ts";
import { firstRolledOut } from "../revisions/revision.ts";
import { missingReplicas, unchangedSince } from "../status.ts";
import { batchesIn } from "../suspects.ts";
import { replaceTemplate } from "../template-patch.ts";

export const DAEMON_SET = {
  kind: "DaemonSet",
  apiVersion: "apps/v1",
  plural: "daemonsets",
  suspects: {
    columns: ["Name", "Desired", "Current", "Available", "Selector"],
    isSuspect: (_name, desired, current, available) => desired !== current || desired !== available,
    wantsNone: (_name, desired) => desired === "0",
    batchesOf: (_name, _desired, _current, _available, selector = "") => batchesIn(selector),
  },
  counts: true,
  failures: (daemonSet, moment) =>
    missingReplicas(
      daemonSet.status?.numberAvailable,
      wanted(daemonSet),
      unchangedSince(daemonSet.metadata),
      moment,
      daemonSet.spec?.minReadySeconds,
    ),
  hasSeenSpec,
  wanted,
  ready: ({ status }) => status?.numberReady ?? 0,
  gaps: (daemonSet) => {
    const { status } = daemonSet;
    return [
      ...(rollsOutByItself(daemonSet) ? short("updated", status?.updatedNumberScheduled, wanted(daemonSet)) : []),
      ...short("ready", status?.numberReady, wanted(daemonSet)),
      ...short("available", status?.numberAvailable, wanted(daemonSet)),
    ];
  },
  // A DaemonSet that its controller has not counted yet has at least one pod to replace.
  seconds: (daemonSet) => podSeconds(daemonSet.spec) * Math.max(1, wanted(daemonSet)),
  rollsOutByItself,
  isPaused: () => false,
  isUpdating: (daemonSet) => (daemonSet.status?.updatedNumberScheduled ?? 0) < wanted(daemonSet),
  // The status does not tell the moment: the revision's own age stands for it, which errs on the side of leaving it in place.
  completedAt: ({ status }, current) =>
    status?.updatedNumberScheduled === status?.desiredNumberScheduled ? firstRolledOut(current) : undefined,
  onceGone: true,
  onePerNode: true,
  history: CONTROLLER_REVISIONS,
  templatePatch: replaceTemplate,
  commands: { resource: "daemonset", rollBack: rolloutUndo("daemonset") },
} satisfies Kind<DaemonSet, ControllerRevision>;

/** The number follows the nodes, and the controller alone knows it. */
function wanted({ status }: DaemonSet): number {
  return status?.desiredNumberScheduled ?? 0;
}

/** Not with the strategy `OnDelete`. */
function rollsOutByItself({ spec }: DaemonSet): boolean {
  return spec?.updateStrategy?.type !== "OnDelete";
}
