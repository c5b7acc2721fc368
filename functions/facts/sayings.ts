import type { Case, FailingPod } from "./case.ts";
import type { Evidence } from "./evidence.ts";
import { timeOf } from "../run/event.ts";
import { containerStatuses } from "../shared/kubernetes/pods.ts";
import type { Saying } from "./words/meaning.ts";

/**
 * For how long an Event tells of the present, in seconds: a controller that may not create pods tries again after 1,000 s
 * at the latest, and the kubelet sooner. Source: k8s.io/client-go util/workqueue, DefaultControllerRateLimiter
 */
const EVENT_TELLS_SECONDS = 1_200;

/** What pods say that fail for one of these reasons, by their statuses. */
export function statusSayings(failing: readonly FailingPod[], reasons: ReadonlySet<string>): Saying[] {
  return failing.flatMap(({ failures }) =>
    failures.filter(({ reason }) => reasons.has(reason)).map(({ reason, message = "" }) => ({ reason, message })),
  );
}

/** What is said of the last end of the containers that fail for one of these reasons. */
export function lastWords(failing: readonly FailingPod[], reasons: ReadonlySet<string>): Saying[] {
  return failing.flatMap(({ pod, failures }) => {
    const names = new Set(failures.filter(({ reason }) => reasons.has(reason)).map(({ container }) => container));
    return containerStatuses(pod).flatMap(({ name, state, lastState }) => {
      const { reason = "", message } = state?.terminated ?? lastState?.terminated ?? {};
      return !names.has(name) || message === undefined ? [] : [{ reason, message }];
    });
  });
}

/**
 * What recent warnings say of some objects, the newest first; each message once.
 * @param after in milliseconds: what was said until then is left out
 */
export function eventSayings(
  { surroundings, now }: Evidence,
  uids: ReadonlySet<string>,
  reasons: ReadonlySet<string>,
  after = -Infinity,
): Saying[] {
  const recent = surroundings.events
    .filter(({ reason = "", involvedObject }) => reasons.has(reason) && uids.has(involvedObject.uid ?? ""))
    .filter((event) => now.getTime() - timeOf(event) <= EVENT_TELLS_SECONDS * 1_000 && timeOf(event) > after)
    .toSorted((a, b) => timeOf(b) - timeOf(a));
  const said = new Map(recent.map(({ reason = "", message = "" }) => [message, { reason, message }]));
  return [...said.values()];
}

/** What recent warnings say of the pods that fail for one of these reasons. */
export function podEventSayings(
  { failing, evidence }: Case,
  of: ReadonlySet<string>,
  reasons: ReadonlySet<string>,
): Saying[] {
  const pods = failing.filter(({ failures }) => failures.some(({ reason }) => of.has(reason)));
  return eventSayings(evidence, new Set(pods.flatMap(({ pod }) => pod.metadata?.uid ?? [])), reasons);
}

/** Evidence lines for what Events said and the statuses did not. */
export function eventLines(sayings: readonly Saying[], told: readonly string[]): string[] {
  return sayings
    .filter(({ message }) => message !== "" && !told.some((line) => line.includes(message)))
    .map(({ reason, message }) => `event ${reason}: ${message}`);
}
