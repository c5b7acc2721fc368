import type { JsonPatchOperation } from "../../shared/cluster/cluster.ts";
import type { Failure } from "../../shared/kubernetes/failures.ts";
import { hasSeenSpec } from "../../shared/kubernetes/generation.ts";
import type { Moment } from "../failing/overdue.ts";
import { POD_TEMPLATE_HASH } from "../../shared/kubernetes/template.ts";
import type { Deployment, ReplicaSet } from "../../shared/kubernetes/types.ts";
import { kubectlScale, rolloutUndo } from "../commands.ts";
import { short, surplus } from "../gaps.ts";
import type { Kind } from "../kind.ts";
import { podSeconds } from "../patience.ts";
import type { EarlierTemplate } from "../revisions/history.ts";
import { replicaSetHistory } from "../revisions/replica-sets.ts";
import { cannotCreate, conditionOf, fromCondition, missingReplicas } from "../status.ts";
import { batchesIn, isComplete } from "../suspects.ts";
import { replaceTemplate } from "../template-patch.ts";
import { isInsideDeadline, isRollingOut, progressDeadline, rolledOutAt, unavailableSince } from "./rollout.ts";

/** Shown by `kubectl rollout history`; it belongs to the template. */
const CHANGE_CAUSE = "kubernetes.io/change-cause";

const API = { apiVersion: "apps/v1", plural: "deployments" };

export const DEPLOYMENT = {
  kind: "Deployment",
  ...API,
  suspects: {
    columns: ["Name", "Ready", "Up-to-date", "Selector"],
    isSuspect: (_name, ready = "", upToDate) => !isComplete(ready) || ready.split("/")[1] !== upToDate,
    wantsNone: (_name, ready = "") => ready.endsWith("/0"),
    batchesOf: (_name, _ready, _upToDate, selector = "") => batchesIn(selector),
  },
  counts: true,
  failures,
  hasSeenSpec,
  wanted,
  ready: ({ status }) => status?.readyReplicas ?? 0,
  gaps: (deployment) => {
    const { status } = deployment;
    const lacks = [
      ...short("updated", status?.updatedReplicas, wanted(deployment)),
      ...short("ready", status?.readyReplicas, wanted(deployment)),
      ...short("available", status?.availableReplicas, wanted(deployment)),
      ...surplus((status?.replicas ?? 0) - (status?.updatedReplicas ?? 0)),
    ];
    const refused = lacks.length === 0 ? [] : cannotCreate(status?.conditions);
    return [
      ...lacks,
      ...refused.flatMap(({ message }) => (message === undefined ? [] : [`a pod was refused: ${message}`])),
    ];
  },
  seconds: (deployment) => Math.max(podSeconds(deployment.spec), progressDeadline(deployment)),
  rollsOutByItself: () => true,
  isPaused: ({ spec }) => spec?.paused === true,
  deadline: {
    isRollingOut,
    ahead: (deployment, current, now) =>
      isInsideDeadline(deployment, current, now) ? progressDeadline(deployment) : undefined,
    seconds: progressDeadline,
  },
  isUpdating: () => false,
  completedAt: rolledOutAt,
  unavailableSince,
  history: replicaSetHistory({
    revision: "deployment.kubernetes.io/revision",
    earlier: "deployment.kubernetes.io/revision-history",
    hashLabel: POD_TEMPLATE_HASH,
    changeCause: CHANGE_CAUSE,
  }),
  templatePatch,
  hasScale: true,
  commands: {
    resource: "deployment",
    look: (namespace, name) => ["kubectl", "-n", namespace, "rollout", "status", `deployment/${name}`],
    resume: (namespace, name) => ["kubectl", "-n", namespace, "rollout", "resume", `deployment/${name}`],
    rollBack: rolloutUndo("deployment"),
    scale: kubectlScale("deployment"),
  },
} satisfies Kind<Deployment, ReplicaSet>;

function wanted({ spec }: Deployment): number {
  return spec?.replicas ?? 1;
}

function failures(deployment: Deployment, moment: Moment): Failure[] {
  const { status } = deployment;
  const found: Failure[] = [];
  const progressing = conditionOf(status?.conditions, "Progressing");
  if (progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded") {
    found.push(fromCondition(progressing, "ProgressDeadlineExceeded"));
  }
  found.push(...cannotCreate(status?.conditions));
  if (found.length > 0 || isRollingOut(deployment)) return found;
  const available = conditionOf(status?.conditions, "Available");
  if (available?.status !== "False") return [];
  const since = available.lastTransitionTime;
  return missingReplicas(
    status?.availableReplicas,
    wanted(deployment),
    since,
    moment,
    deployment.spec?.minReadySeconds,
  );
}

/** As `kubectl rollout undo` does it: the change cause goes with the template. */
function templatePatch(deployment: Deployment, to: EarlierTemplate): JsonPatchOperation[] {
  const present = deployment.metadata?.annotations?.[CHANGE_CAUSE];
  return [...replaceTemplate(deployment, to), ...annotate(present, to.changeCause)];
}

function annotate(present: string | undefined, wanted: string | undefined): JsonPatchOperation[] {
  const path = `/metadata/annotations/${CHANGE_CAUSE.replace("/", "~1")}`;
  if (wanted !== undefined) return [{ op: "add", path, value: wanted }];
  return present === undefined ? [] : [{ op: "remove", path }];
}
