import type { Case } from "../facts/case.ts";
import { isSidecar, isStartedSidecar } from "../kinds/failing/container-spec.ts";
import type { ContainerStatus, Pod, PodTemplate } from "../shared/kubernetes/types.ts";
import type { Shared } from "./brought.ts";
import { podEventSayings } from "../facts/sayings.ts";
import { meaningOf, type Saying } from "../facts/words/meaning.ts";
import { besidesPrograms, claimsOf, deviceClaimsOf, isAlike, volumesOf } from "./parts.ts";
import {
  STARTING_EVENTS,
  STARTING_REASONS,
  STARTING_WORDS,
  type Held,
  type StartingMeaning,
} from "../facts/words/volumes.ts";

/** What the Events say of why the containers are not created. */
export function startingMeaning(facts: Case): { meaning: StartingMeaning | undefined; events: Saying[] } {
  const events = podEventSayings(facts, STARTING_REASONS, STARTING_EVENTS);
  const meaning = meaningOf(STARTING_WORDS, events);
  // The words that were understood come first.
  const understood =
    meaning === undefined ? [] : events.filter((saying) => meaningOf([meaning], [saying]) !== undefined);
  return { meaning, events: understood.length > 0 ? understood : events };
}

/** An init container, and a pod that it holds up. */
export interface Holding {
  name: string;
  pod: string;
}

/** The init container that runs for longer than a start may take, where it is to end; undefined when none does. */
export function hangingInitContainer(facts: Case): Holding | undefined {
  return holdingUp(facts, (pod, status) => !isSidecar(pod, status));
}

/**
 * The sidecar that runs, and does not count as started for longer than a start may take, so that nothing after it is started;
 * undefined when none is. Source: kubernetes.io/docs/concepts/workloads/pods/sidecar-containers, "Differences from init containers"
 */
export function unstartedSidecar(facts: Case): Holding | undefined {
  return holdingUp(facts, (pod, status) => isSidecar(pod, status) && !isStartedSidecar(pod, status));
}

function holdingUp({ failing }: Case, isIt: (pod: Pod, status: ContainerStatus) => boolean): Holding | undefined {
  for (const { pod, failures } of failing) {
    if (!failures.some(({ reason }) => STARTING_REASONS.has(reason))) continue;
    const found = pod.status?.initContainerStatuses?.find(
      (status) => status.state?.running != null && isIt(pod, status),
    );
    if (found !== undefined) return { name: found.name, pod: pod.metadata?.name ?? "" };
  }
  return undefined;
}

/** The same init container in a pod that is the same otherwise, save for what its other containers run. */
export function sameInitContainer(name: string): Shared {
  const own = ({ spec }: PodTemplate) => spec?.initContainers?.find((container) => container.name === name);
  return {
    says: "has the same init container",
    holds: (now, before) =>
      own(now) !== undefined &&
      isAlike(own(now), own(before)) &&
      isAlike([now.metadata?.annotations, now.spec?.volumes], [before.metadata?.annotations, before.spec?.volumes]),
  };
}

/** What an earlier template shares of what holds the pods up. Where nothing is said, all but the containers' programs. */
export function heldLikewise(meaning: StartingMeaning | undefined): Shared {
  const held = meaning?.held;
  if (held === undefined) {
    return {
      says: "differs in nothing but what its containers run",
      isLikenessAlone: true,
      holds: (now, before) => isAlike(besidesPrograms(now), besidesPrograms(before)),
    };
  }
  return { says: "asks for the same", holds: (now, before) => isAlike(PARTS[held](now), PARTS[held](before)) };
}

const PARTS: Record<Held, (template: PodTemplate) => unknown> = {
  volumes: (template) => [volumesOf(template), claimsOf(template)],
  ownership: (template) => [volumesOf(template), claimsOf(template), template.spec?.securityContext],
  devices: deviceClaimsOf,
  "runtime class": ({ spec }) => spec?.runtimeClassName ?? "",
  "service account": ({ spec }) => spec?.serviceAccountName ?? "default",
  "user namespace": ({ spec }) => [spec?.hostUsers ?? true, spec?.runtimeClassName ?? ""],
};

/** Where to look when the Events say nothing that is known, or were not read. */
export function lookAtEvents({ evidence }: Case): string {
  const { namespace } = evidence.incident.workload;
  return `Look in the pod's events for what holds it up (a volume, the network, an image that takes long, a postStart hook that does not end): kubectl -n ${namespace} describe pod.`;
}
