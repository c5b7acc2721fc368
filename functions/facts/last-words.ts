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

/** The ends of logs, and those that could not be had. */
export interface LogEnds {
  words: readonly LastWords[];
  /** `log of container app: Forbidden`, one for each container that ended and whose log could not be had. */
  notRead: readonly string[];
}

/** How many bytes of a log are read at most. The kubelet cuts what is over it off the end of the lines that were asked for. */
const MAX_BYTES = 65_536;
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
  return (await readLogEnds(cluster, pods, lines)).words;
}

/** The same, with what could not be had. */
export async function readLogEnds(cluster: Reader, pods: readonly Pod[], lines: number): Promise<LogEnds> {
  if (lines === 0) return { words: [], notRead: [] };
  const read = await Promise.all(newestCrashes(pods).map((crash) => readLog(cluster, crash, lines)));
  return {
    words: read.flatMap((said) => (typeof said === "string" || said.lines.length === 0 ? [] : [said])),
    notRead: read.filter((said) => typeof said === "string"),
  };
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

/** @returns the end of the log, or of which container it could not be had, and why */
async function readLog(cluster: Reader, { pod, status }: Crash, lines: number): Promise<LastWords | string> {
  const { namespace = "", name = "" } = pod.metadata ?? {};
  // The log of a container that has not been started again is not yet the previous one.
  const previous = status.state?.terminated === undefined;
  const of = { container: status.name, previous: String(previous), limitBytes: String(MAX_BYTES) };
  try {
    const text = await endOfLog(cluster, paths.podLog(namespace, name), of, lines);
    return { pod: name, container: status.name, lines: linesOf(text, lines) };
  } catch (error) {
    if (error instanceof RemediationError) return `log of container ${status.name}: ${error.name}`;
    throw error;
  }
}

/** As many of the last lines as are read whole, and the beginning of the last one where not even that is. */
async function endOfLog(
  cluster: Reader,
  path: string,
  of: Readonly<Record<string, string>>,
  lines: number,
): Promise<string> {
  const text = await cluster.text(path, { ...of, tailLines: String(lines) });
  const isWhole = Buffer.byteLength(text) < MAX_BYTES;
  return isWhole || lines === 1 ? text : await endOfLog(cluster, path, of, Math.floor(lines / 2));
}

function linesOf(text: string, most: number): string[] {
  return withoutSecrets(text)
    .split("\n")
    .map((line) => bounded(line, MAX_LINE))
    .filter((line) => line !== "")
    .slice(-most);
}
