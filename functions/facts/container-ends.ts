import type { KubernetesEvent } from "../run/event.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import { some } from "../shared/text.ts";
import type { Case, FailingPod } from "./case.ts";

/** How many different ends a sentence tells. */
const IN_SENTENCE = 2;

/** What a container that was killed with SIGKILL ends with. */
const KILLED = 137;

/** Whether a container of the pod fails because the memory ran out for that very container. */
export function isOutOfMemory({ failures }: FailingPod): boolean {
  return failures.some(({ outOfMemory }) => outOfMemory !== undefined);
}

/**
 * How the containers that fail for one of these reasons last ended, where that is more than their exit code: each by its
 * own last end, or by what the kubelet's Events say of its probes. Undefined when there is nothing to add.
 */
export function howTheyEnd({ failing, evidence }: Case, reasons: ReadonlySet<string>): string | undefined {
  const { events } = evidence.surroundings;
  const ends = failing.flatMap(({ pod, failures }) =>
    failures
      .filter(({ reason }) => reasons.has(reason))
      .flatMap((failure) => endOf(failure, eventsOf(pod.metadata?.uid, failure.container, events)) ?? []),
  );
  return ends.length === 0 ? undefined : some([...new Set(ends)], IN_SENTENCE);
}

/** Whether the kubelet's Events say that a container of the pod, which fails for one of these reasons, fails its liveness probe. */
export function failsLiveness(
  { pod, failures }: FailingPod,
  { evidence }: Case,
  reasons: ReadonlySet<string>,
): boolean {
  const { events } = evidence.surroundings;
  return failures.some(
    ({ reason, container }) =>
      reasons.has(reason) && failedProbe(eventsOf(pod.metadata?.uid, container, events)) === "liveness",
  );
}

function endOf({ container, outOfMemory, exitCode }: Failure, events: readonly KubernetesEvent[]): string | undefined {
  if (container === undefined) return undefined;
  if (outOfMemory !== undefined) return `container ${container} was ${outOfMemory}`;
  const probe = failedProbe(events);
  const killed = exitCode === KILLED ? "was killed (SIGKILL)" : "ended";
  if (probe !== undefined) return `container ${container} ${killed} while its ${probe} probe failed`;
  return exitCode === KILLED ? `container ${container} was killed (SIGKILL)` : undefined;
}

/** The probe for which the kubelet ends a container, where it fails. Source: kubernetes pkg/kubelet/prober/prober.go */
function failedProbe(events: readonly KubernetesEvent[]): string | undefined {
  for (const { reason, message = "" } of events) {
    if (reason !== "Unhealthy" && reason !== "Killing") continue;
    const [, failed, killedFor] =
      /^(liveness|startup) probe (?:failed|errored)|failed (liveness|startup) probe/i.exec(message) ?? [];
    const probe = failed ?? killedFor;
    if (probe !== undefined) return probe.toLowerCase();
  }
  return undefined;
}

/** The Events about one container of the pod, as their field path names it: `spec.containers{app}`. */
function eventsOf(
  uid: string | undefined,
  container: string | undefined,
  events: readonly KubernetesEvent[],
): KubernetesEvent[] {
  return events.filter(
    ({ involvedObject }) =>
      uid !== undefined &&
      involvedObject.uid === uid &&
      involvedObject.fieldPath?.endsWith(`{${container ?? ""}}`) === true,
  );
}
