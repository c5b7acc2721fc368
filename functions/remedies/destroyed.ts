import { readLastWords, type LastWords } from "../facts/last-words.ts";
import { withoutSecrets } from "../kinds/failing/secrets.ts";
import type { KubernetesEvent } from "../run/event.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** A pod that a remedy is about to remove, with what goes with it. */
export interface Destroyed {
  version: 1;
  /** RFC 3339. */
  at: string;
  cluster_name: string;
  /** The execution's name. */
  execution: string;
  workload: WorkloadRef;
  /** As the API server has it, without the values of its environment and what else may hold secrets. */
  pod: object;
  /** The warnings about it. */
  events: readonly object[];
  /** The ends of its crashed containers' logs, where the policy has logs read. */
  logs: readonly LastWords[];
  /** What could not be read of it, with the error's name. */
  not_read: readonly string[];
}

/** How many warnings of a namespace are read at most to find those about the pod. */
const MAX_EVENTS = 100;
/** The whole manifest, environment included, as kubectl leaves it on what it has applied. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

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
  const [events, logs] = await Promise.all([readEvents(reader, pod), readLastWords(reader, [pod], logLines)]);
  const shown = { pod: withoutValues(pod), events: Array.isArray(events) ? events.map(withoutMetadata) : [] };
  return {
    version: 1,
    ...occurrence,
    ...(redacted(shown) as typeof shown),
    logs,
    not_read: Array.isArray(events) ? [] : [`events: ${events}`],
  };
}

/** @returns the warnings about the pod, or why they could not be read */
async function readEvents(reader: Reader, { metadata }: Pod): Promise<KubernetesEvent[] | string> {
  try {
    const path = paths.events(metadata?.namespace ?? "");
    const events = await reader.listSmall<KubernetesEvent>(path, MAX_EVENTS, { fieldSelector: "type=Warning" });
    if (events === undefined) return `more than ${MAX_EVENTS} warnings in the namespace`;
    return events.filter(({ involvedObject }) => involvedObject.uid === metadata?.uid);
  } catch (error) {
    if (isRemediationError(error)) return error.name;
    throw error;
  }
}

/** The pod without who wrote which field, and with the names alone of its environment's variables. */
function withoutValues({ metadata, spec, ...rest }: Pod): object {
  const { managedFields: _managed, annotations = {}, ...kept } = metadata ?? {};
  const { [LAST_APPLIED]: _applied, ...others } = annotations;
  const named = (containers: NonNullable<Pod["spec"]>["containers"] | undefined) =>
    containers?.map(({ env, command, args, ...container }) => ({
      ...container,
      ...(command === undefined ? {} : { command: wordsOf(command) }),
      ...(args === undefined ? {} : { args: wordsOf(args) }),
      ...(env === undefined ? {} : { env: env.map(({ value: _value, ...variable }) => variable) }),
    }));
  const { containers, initContainers, ephemeralContainers, ...of } = spec ?? {};
  return {
    ...rest,
    metadata: { ...kept, annotations: others },
    spec: {
      ...of,
      containers: named(containers),
      initContainers: named(initContainers),
      ephemeralContainers: named(ephemeralContainers),
    },
  };
}

/** The words of a command line: a credential may be the word after the one that tells it. */
function wordsOf(words: readonly string[]): string[] {
  return withoutSecrets(words.join("\n")).split("\n");
}

function withoutMetadata({ metadata: _metadata, ...event }: KubernetesEvent): object {
  return event;
}

/** The value with every text in it without what looks like a credential. */
function redacted(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_name, each: unknown) =>
    typeof each === "string" ? withoutSecrets(each) : each,
  ) as unknown;
}
