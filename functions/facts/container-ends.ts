import type { KubernetesEvent } from "../run/event.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import { some } from "../shared/text.ts";
import type { Case, FailingPod } from "./case.ts";

/** How many different ends a sentence tells. */
const IN_SENTENCE = 2;

/** What a container that was killed with SIGKILL ends with. */
const KILLED = 137;

/**
 * What an exit code says beside that there was an error, as it follows `ended with exit code N`. A program may use these
 * codes for something else.
 * Source: signal(7), 128 and the number of the signal; POSIX, Shell Command Language, exit status of commands
 */
const EXIT_CODES: ReadonlyMap<number, string> = new Map([
  [0, "without an error"],
  [126, "a shell's for a command that may not be executed"],
  [127, "a shell's for a command that is not found"],
  [130, "as on SIGINT"],
  [131, "as on SIGQUIT"],
  [132, "as on SIGILL, an instruction that the processor does not have"],
  [134, "as on SIGABRT, when a program gives up by itself"],
  [135, "as on SIGBUS, a memory access that fails"],
  [136, "as on SIGFPE, a division that fails"],
  [139, "as on SIGSEGV, an invalid memory access"],
  [143, "as on SIGTERM, when it is asked to end"],
]);

/** Whether a container of the pod fails because the memory ran out for that very container. */
export function isOutOfMemory({ failures }: FailingPod): boolean {
  return failures.some(({ outOfMemory }) => outOfMemory !== undefined);
}

/** The names of the containers of these pods that fail because the memory ran out for them. */
export function containersOutOfMemory(pods: readonly FailingPod[]): Set<string> {
  const failures = pods.flatMap((pod) => pod.failures);
  return new Set(
    failures.flatMap(({ container, outOfMemory }) => (outOfMemory === undefined ? [] : (container ?? []))),
  );
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

/** Whether the kubelet's Events say that a container of the pod that fails is ended for its liveness or startup probe. */
export function isEndedByProbe({ pod, failures }: FailingPod, events: readonly KubernetesEvent[]): boolean {
  return failures.some(({ container }) => failedProbe(eventsOf(pod.metadata?.uid, container, events)) !== undefined);
}

function endOf(failure: Failure, events: readonly KubernetesEvent[]): string | undefined {
  const { container, outOfMemory, exitCode } = failure;
  if (container === undefined) return undefined;
  if (outOfMemory !== undefined) return `container ${container} was ${outOfMemory}`;
  const probe = failedProbe(events);
  const killed = exitCode === KILLED ? "was killed (SIGKILL)" : "ended";
  if (probe !== undefined) return `container ${container} ${killed} while its ${probe} probe failed`;
  if (failedHook(failure, events)) return `the postStart hook of container ${container} failed, for which it is ended`;
  if (exitCode === KILLED) return `container ${container} was killed (SIGKILL)`;
  const says = EXIT_CODES.get(exitCode ?? NaN);
  return says === undefined ? undefined : `container ${container} ended with exit code ${exitCode}, ${says}`;
}

/** Whether the kubelet ends the container since its postStart hook fails. Source: kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go */
function failedHook({ reason }: Failure, events: readonly KubernetesEvent[]): boolean {
  return reason === "PostStartHookError" || events.some((event) => event.reason === "FailedPostStartHook");
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
