import { withoutSecrets } from "./secrets.ts";
import type { ContainerStatus } from "../../shared/kubernetes/types.ts";

type End = NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>;

/**
 * Whether the runtime could not start the container's program, so that there was no run: the time of its start is then the
 * beginning of 1970, which says nothing.
 * Source: containerd internal/cri/server/container_start.go, where a task that fails to start has no `StartedAt`
 */
export function wasNeverStarted(end: End | undefined): boolean {
  return Date.parse(end?.startedAt ?? "") <= 0;
}

/** When the run that ended so began, in milliseconds; undefined when that is not known, or there was no run. */
export function startOfRun(end: End | undefined): number | undefined {
  const started = Date.parse(end?.startedAt ?? "");
  return started > 0 ? started : undefined;
}

/**
 * Whether nobody saw how the run ended, as after a restart of the node. The exit code is then made up: 255 by containerd, 137
 * by the kubelet.
 * Source: containerd internal/cri/server/container_status.go, unknownExitCode; kubernetes pkg/kubelet/kubelet_pods.go,
 * ContainerReasonStatusUnknown
 */
export function isEndUnknown({ reason }: Pick<End, "reason">): boolean {
  return reason === "Unknown" || reason === "ContainerStatusUnknown";
}

/**
 * Whether the kubelet ended the container because a rule of another one has all of the pod started again.
 * Source: kubernetes pkg/kubelet/kubelet_pods.go, RestartingAllContainers
 */
export function wasEndedWithOthers({ reason }: Pick<End, "reason">): boolean {
  return reason === "RestartingAllContainers";
}

/** How much of a termination message is told, and how much of it is looked through for that, in characters. */
const MAX_OWN_WORDS = 190;
const MAX_READ = 500;

/**
 * What a container, or the runtime in its place, said itself at its end, without what looks like a credential; undefined when
 * it said nothing. Of a long message the end is told: it may be the last part of the log, whose last line says what went wrong.
 * Source: kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure, FallbackToLogsOnError
 */
export function ownWords(end: Pick<End, "message"> | undefined): string | undefined {
  const all = (end?.message ?? "").trim();
  const said = withoutSecrets(endOf(all, MAX_READ));
  if (said === "") return undefined;
  const isCut = all.length > MAX_READ || said.length > MAX_OWN_WORDS;
  return `${isCut ? "…" : ""}${endOf(said, MAX_OWN_WORDS)}`;
}

/** The last part of a text, from the beginning of a word on. */
function endOf(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(-limit).replace(/^\S*\s+|^[\uDC00-\uDFFF]/, "");
}
