import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { RemediationError } from "../shared/errors.ts";
import { podFailures } from "../kinds/failing/pod-failures.ts";
import { containerStatuses } from "../shared/kubernetes/pods.ts";
import type { ContainerStatus, Pod } from "../shared/kubernetes/types.ts";
import { bounded } from "../shared/text.ts";
import { withoutSecrets } from "../kinds/failing/secrets.ts";

/** The end of a crashed container's log. */
export interface LastWords {
  pod: string;
  container: string;
  /** One line each, bounded, without what looks like a credential. */
  lines: readonly string[];
}

/** How many bytes of a log are read at most; the kubelet cuts at its beginning. */
const MAX_BYTES = 8_192;
/** How long a line may be. */
const MAX_LINE = 200;

/**
 * Reads what a crashed container of a workload said last. Its pods crash alike, so that the newest crash of each container
 * speaks for the others. It explains and decides nothing, so a log that cannot be had (its node does not answer, the
 * container never started, nobody gave the permission) is left out.
 * @param lines how many lines of each; none are asked for where that is 0
 */
export async function readLastWords(
  cluster: Reader,
  pods: readonly Pod[],
  lines: number,
): Promise<readonly LastWords[]> {
  if (lines === 0) return [];
  const words = await Promise.all(newestCrashes(pods).map((crash) => readLog(cluster, crash, lines)));
  return words.filter((said) => said.lines.length > 0);
}

interface Crash {
  pod: Pod;
  status: ContainerStatus;
  endedAt: number;
}

/** The newest crash of each container that fails, by its name. */
function newestCrashes(pods: readonly Pod[]): Crash[] {
  const newest = new Map<string, Crash>();
  for (const pod of pods) {
    const failing = new Set(podFailures(pod).map(({ container }) => container));
    for (const status of containerStatuses(pod).filter(({ name }) => failing.has(name))) {
      const endedAt = Date.parse(endOf(status)?.finishedAt ?? "");
      if (endedAt > (newest.get(status.name)?.endedAt ?? 0)) newest.set(status.name, { pod, status, endedAt });
    }
  }
  return [...newest.values()];
}

function endOf({ state, lastState }: ContainerStatus) {
  return state?.terminated ?? lastState?.terminated;
}

async function readLog(cluster: Reader, { pod, status }: Crash, lines: number): Promise<LastWords> {
  const { namespace = "", name = "" } = pod.metadata ?? {};
  // The log of a container that has not been started again is not yet the previous one.
  const previous = status.state?.terminated === undefined;
  const query = {
    container: status.name,
    previous: String(previous),
    tailLines: String(lines),
    limitBytes: String(MAX_BYTES),
  };
  return { pod: name, container: status.name, lines: linesOf(await textOf(cluster, namespace, name, query), lines) };
}

async function textOf(cluster: Reader, namespace: string, pod: string, query: Record<string, string>): Promise<string> {
  try {
    return await cluster.text(paths.podLog(namespace, pod), query);
  } catch (error) {
    if (error instanceof RemediationError) return "";
    throw error;
  }
}

function linesOf(text: string, most: number): string[] {
  return withoutSecrets(text)
    .split("\n")
    .map((line) => bounded(line, MAX_LINE))
    .filter((line) => line !== "")
    .slice(-most);
}
