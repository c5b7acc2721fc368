import { resourceOf } from "../kinds/workloads.ts";
import { remedyFor } from "../remedies/remedies.ts";
import type { RemedyResult } from "../run/contracts.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** What may stand in a command line as it is. Names from the API server look like this; anything else is left out. */
const PLAIN = /^[a-zA-Z0-9][-a-zA-Z0-9._]*$/;

/** What a shell takes literally between single quotes, on one line. */
const QUOTABLE = /^[^'\p{C}\p{Zl}\p{Zp}]*$/u;

/** How long a command may be: one with the longest names of a namespace, a workload and a pod is shorter. */
const MAX_COMMAND = 700;

/** The flags of these commands; nothing else may begin with a dash. */
const FLAG =
  /^(-n|-A|-p|--name|--all-containers|--previous|--sort-by=\.lastTimestamp|--to-revision=\d+|--replicas=\d+)$/;

/** The command that makes kubectl talk to an EKS cluster. */
export function connectCommands(clusterName: string): string[] {
  return commands([["aws", "eks", "update-kubeconfig", "--name", clusterName]]);
}

/** A pod whose log can be read, and whether it is that of its container's run before. */
export interface ReadableLog {
  pod: string;
  previous: boolean;
}

/** Commands that show how a workload and its pods are. */
export function workloadCommands(clusterName: string, workload: WorkloadRef, log: ReadableLog | undefined): string[] {
  // A node is in no namespace, and what serves an API is not.
  if (workload.namespace === "") {
    const kind = workload.kind.toLowerCase();
    const about = [
      ["kubectl", "describe", kind, workload.name],
      ["kubectl", "get", `${kind}s`],
    ];
    return [...connectCommands(clusterName), ...commands(about)];
  }
  const inNamespace = ["kubectl", "-n", workload.namespace];
  const logs = (of: ReadableLog) => {
    return [...inNamespace, "logs", of.pod, "--all-containers", ...(of.previous ? ["--previous"] : [])];
  };
  return [
    ...connectCommands(clusterName),
    ...commands([
      [...inNamespace, "describe", resourceOf(workload), workload.name],
      [...inNamespace, "get", "pods"],
      ...(log === undefined ? [] : [logs(log)]),
      [...inNamespace, "get", "events", "--sort-by=.lastTimestamp"],
    ]),
  ];
}

/** Commands that show what the workloads of a storm share, beginning with the node that is its cause. */
export function stormCommands(clusterName: string, node: string | undefined): string[] {
  return [
    ...connectCommands(clusterName),
    ...commands([
      ...(node === undefined ? [] : [["kubectl", "describe", "node", node]]),
      ["kubectl", "get", "nodes"],
      ["kubectl", "-n", "kube-system", "get", "pods"],
      ["kubectl", "get", "events", "-A", "--sort-by=.lastTimestamp"],
    ]),
  ];
}

/** The command by which a person takes a remedy back; none for one that cannot be. */
export function undoCommands(workload: WorkloadRef, remedy: RemedyResult | undefined): string[] {
  const change = remedy?.change;
  const command = change === undefined ? undefined : remedyFor(change.kind).words.undoCommand?.(change, workload);
  if (command === undefined) return [];
  const { words, quoted } = command;
  const plain = commands([words]);
  if (quoted === undefined) return plain;
  if (!QUOTABLE.test(quoted)) return [];
  return plain.map((line) => `${line} '${quoted}'`).filter(({ length }) => length <= MAX_COMMAND);
}

/** Command lines, without those that hold anything a shell could read otherwise, or that no names make so long. */
function commands(lines: string[][]): string[] {
  const isPlain = (word: string) => FLAG.test(word) || word.split("/").every((part) => PLAIN.test(part));
  return lines
    .filter((words) => words.every(isPlain))
    .map((words) => words.join(" "))
    .filter(({ length }) => length <= MAX_COMMAND);
}
