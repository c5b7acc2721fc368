import type { Failure } from "../shared/kubernetes/failures.ts";
import { count } from "../shared/text.ts";
import type { FailingPod } from "./case.ts";

/** How many different failures are told; what proves the decision must find room beside them. */
const MAX_LINES = 4;

/**
 * One evidence line for each kind of failure, the most frequent first, and how many more there are.
 *
 * The kubelet writes the pod's name and the length of the pause into what it says of a back-off: these do not make the
 * failures of ten pods ten kinds.
 */
export function failureLines(failing: readonly FailingPod[], own: readonly Failure[] = []): string[] {
  const kinds = new Map<string, { line: string; times: number }>();
  for (const failure of failing.flatMap(({ failures }) => failures)) {
    const line = failureLine(failure);
    const key = withoutBackOff(line);
    const seen = kinds.get(key);
    if (seen === undefined) kinds.set(key, { line, times: 1 });
    else seen.times++;
  }
  // Two objects beside the pods that say the same are not two pods.
  for (const line of own.map(failureLine)) if (!kinds.has(line)) kinds.set(line, { line, times: 1 });
  const lines = [...kinds.values()]
    .sort((a, b) => b.times - a.times)
    .map(({ line, times }) => (times === 1 ? line : `${times} pods: ${withoutBackOff(line)}`));
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), `and ${count(more, "further failure")} of other words`] : lines;
}

/** Without the words that differ from pod to pod. Source: kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go, doBackOff */
function withoutBackOff(line: string): string {
  return line.replace(/: back-off \S+ restarting failed container=\S+ pod=\S+$/, "");
}

function failureLine({ reason, container, exitCode, outOfMemory, message }: Failure): string {
  const where = container === undefined ? "" : ` in container ${container}`;
  const memory = outOfMemory === undefined ? "" : `, ${outOfMemory}`;
  const code = exitCode === undefined ? "" : ` (exit code ${exitCode}${memory})`;
  return `${reason}${where}${code}${message === undefined ? "" : `: ${message}`}`;
}
