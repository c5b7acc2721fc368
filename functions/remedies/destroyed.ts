import { readLogEnds, type LastWords } from "../facts/last-words.ts";
import type { KubernetesEvent } from "../run/event.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { shownPod, withoutWithheld } from "./withheld.ts";

/** A pod that a remedy is about to remove, with what goes with it. */
export interface Destroyed {
  version: 1;
  /** RFC 3339. */
  at: string;
  cluster_name: string;
  /** The execution's name. */
  execution: string;
  workload: WorkloadRef;
  /** As the API server has it, with `[hidden]` in the place of every text that is not known to be a name. */
  pod: object;
  /** The warnings about it. */
  events: readonly object[];
  /** The ends of its crashed containers' logs, where the policy has logs read. */
  logs: readonly LastWords[];
  /** What could not be read of it, with the error's name. */
  not_read: readonly string[];
}

/** How many warnings about a pod are read at most. */
const MAX_EVENTS = 100;

/** What is known beside the pod itself. */
export type Occurrence = Omit<Destroyed, "version" | "pod" | "events" | "logs" | "not_read">;

/**
 * Reads what goes with a pod. What cannot be read of it is named, and no reason to leave the pod.
 * @param logLines how many lines of each log; none are read where that is 0
 */
export async function readDestroyed(
  reader: Reader,
  occurrence: Occurrence,
  pod: Pod,
  logLines: number,
): Promise<Destroyed> {
  const [events, logs] = await Promise.all([readEvents(reader, pod), readLogEnds(reader, [pod], logLines)]);
  const { pod: shown, withheld } = shownPod(pod);
  return {
    version: 1,
    ...occurrence,
    pod: shown,
    events: Array.isArray(events) ? withoutWithheld(events.map(withoutMetadata), withheld) : [],
    logs: logs.words.map((said) => ({ ...said, lines: withoutWithheld(said.lines, withheld) })),
    not_read: [...(Array.isArray(events) ? [] : [`events: ${events}`]), ...logs.notRead],
  };
}

/** @returns the warnings about the pod, or why they could not be read */
async function readEvents(reader: Reader, { metadata }: Pod): Promise<KubernetesEvent[] | string> {
  try {
    const path = paths.events(metadata?.namespace ?? "");
    const fieldSelector = `involvedObject.uid=${metadata?.uid ?? ""},type=Warning`;
    const events = await reader.listSmall<KubernetesEvent>(path, MAX_EVENTS, { fieldSelector });
    return events ?? `more than ${MAX_EVENTS} warnings about the pod`;
  } catch (error) {
    if (isRemediationError(error)) return error.name;
    throw error;
  }
}

function withoutMetadata({ metadata: _metadata, ...event }: KubernetesEvent): object {
  return event;
}
