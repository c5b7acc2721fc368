import { resourceOf } from "../kinds/workloads.ts";
import { remedyFor } from "../remedies/remedies.ts";
import type { Sight } from "../run/sight.ts";
import type { Incident, RemedyResult } from "../run/contracts.ts";
import { plainNameOf } from "../shared/cluster-name.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** What may stand in a command line as it is. Names from the API server look like this; anything else is left out. */
const PLAIN = /^[a-zA-Z0-9][-a-zA-Z0-9._]*$/;

/** What a shell takes literally between single quotes, on one line. */
const QUOTABLE = /^[^'\p{C}\p{Zl}\p{Zp}]*$/u;

/** How long a command may be: one with the longest names of a namespace, a workload and a pod is shorter. */
const MAX_COMMAND = 700;

/** The flags of these commands; nothing else may begin with a dash. */
const FLAG = /^(-n|-A|-c|-p|--name|--previous|--overwrite|--sort-by=\.lastTimestamp|--to-revision=\d+|--replicas=\d+)$/;
/** The annotation by which a workload opts out, or in. */
const ANNOTATION = /^[a-z-]+\/enabled=(true|false)$/;

/** The command that makes kubectl talk to an EKS cluster. */
export function connectCommands(clusterName: string): string[] {
  return commands([["aws", "eks", "update-kubeconfig", "--name", plainNameOf(clusterName)]]);
}

/** What else there is to look at, all of which was there when it was looked at last. */
export interface Looks {
  /** What is not there, or not any more: the workload itself, or its whole namespace. */
  gone?: "workload" | "namespace";
  /** A container whose log can be read, and whether it is that of its run before. */
  log?: NonNullable<Sight["log"]> | undefined;
  pod?: string | undefined;
  nodes?: readonly string[];
  hpa?: string | undefined;
  /** Whether the use of the pods is measured. */
  top?: boolean;
  quota?: boolean;
}

/** Commands that show how a workload and its pods are, beginning with what is the matter. None of them changes anything. */
export function workloadCommands(clusterName: string, workload: WorkloadRef, looks: Looks = {}): string[] {
  // A node is in no namespace, and what serves an API is not.
  if (workload.namespace === "") {
    const kind = workload.kind.toLowerCase();
    const about = [
      ...(looks.gone === undefined ? [["kubectl", "describe", kind, workload.name]] : []),
      ["kubectl", "get", `${kind}s`],
    ];
    return [...connectCommands(clusterName), ...commands(about)];
  }
  if (looks.gone === "namespace") {
    return [...connectCommands(clusterName), ...commands([["kubectl", "get", "namespaces"]])];
  }
  const inNamespace = ["kubectl", "-n", workload.namespace];
  const { log, pod, nodes = [], hpa } = looks;
  return [
    ...connectCommands(clusterName),
    ...commands([
      ...(log === undefined
        ? []
        : [[...inNamespace, "logs", log.pod, "-c", log.container, ...(log.previous ? ["--previous"] : [])]]),
      ...(pod === undefined ? [] : [[...inNamespace, "describe", "pod", pod]]),
      ...nodes.map((node) => ["kubectl", "describe", "node", node]),
      ...(hpa === undefined ? [] : [[...inNamespace, "describe", "hpa", hpa]]),
      ...(looks.top === true ? [[...inNamespace, "top", "pods"]] : []),
      ...(looks.quota === true ? [[...inNamespace, "describe", "quota"]] : []),
      ...(looks.gone === undefined ? [[...inNamespace, "describe", resourceOf(workload), workload.name]] : []),
      [...inNamespace, "get", "pods"],
      [...inNamespace, "get", "events", "--sort-by=.lastTimestamp"],
    ]),
  ];
}

/** The command that sets an annotation of an object. */
export function annotateCommand(namespace: string, resource: string, name: string, annotation: string): string[] {
  return commands([["kubectl", "-n", namespace, "annotate", resource, name, annotation, "--overwrite"]]);
}

/** Commands that show what the workloads of a storm share, beginning with the node that is its cause. */
export function stormCommands(
  clusterName: string,
  node: string | undefined,
  incidents: readonly StormIncident[],
): string[] {
  return [
    ...connectCommands(clusterName),
    ...commands([
      ...incidents.slice(0, MAX_EXAMPLES).flatMap(exampleOf),
      ...(node === undefined ? [] : [["kubectl", "describe", "node", node]]),
      ["kubectl", "get", "nodes"],
      ["kubectl", "-n", "kube-system", "get", "pods"],
      ["kubectl", "get", "events", "-A", "--sort-by=.lastTimestamp"],
    ]),
  ];
}

type StormIncident = Pick<Incident, "workload" | "failures" | "failing_pods" | "sample_pods">;

/** Of how many workloads of a storm one pod is looked at: what they share shows in any of them. */
const MAX_EXAMPLES = 2;

/** How one pod of a workload is looked at, and what its container said before it ended, where those of all its failing pods have ended and been started again. */
function exampleOf({
  workload: { namespace },
  failures,
  failing_pods: pods,
  sample_pods: [pod],
}: StormIncident): string[][] {
  if (pod === undefined) return [];
  const ended = failures.find(
    ({ container, exit_code, restarts = 0, count }) =>
      container !== undefined && exit_code !== undefined && restarts > 0 && count >= pods,
  );
  return [
    ["kubectl", "-n", namespace, "describe", "pod", pod],
    ...(ended?.container === undefined
      ? []
      : [["kubectl", "-n", namespace, "logs", pod, "-c", ended.container, "--previous"]]),
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
  const isPlain = (word: string) =>
    FLAG.test(word) || ANNOTATION.test(word) || word.split("/").every((part) => PLAIN.test(part));
  return lines
    .filter((words) => words.every(isPlain))
    .map((words) => words.join(" "))
    .filter(({ length }) => length <= MAX_COMMAND);
}
