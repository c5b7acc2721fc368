import type { ContainerStatus, Pod } from "../types.ts";
import { ageCell } from "./age.ts";
import { isInitialized, isSidecar, printedPod } from "./printed-pod.ts";
import { columns, nameOf, type Printer, type RowCondition } from "./printer.ts";

export const POD_PRINTER: Printer<Pod> = {
  columns: columns("Name, Ready, Status, Restarts, Age | IP, Node, Nominated Node, Readiness Gates"),
  cells: (pod, now) => {
    const { metadata, spec, status } = pod;
    const printed = printedPod(pod);
    return [
      nameOf(pod),
      printed.ready,
      printed.status,
      printedRestarts(pod, now),
      ageCell(metadata?.creationTimestamp, now),
      status?.podIPs?.[0]?.ip ?? "<none>",
      spec?.nodeName ?? "<none>",
      status?.nominatedNodeName ?? "<none>",
      printedGates(pod),
    ];
  },
  conditions: ({ status }) => ENDED.filter(({ reason }) => reason === status?.phase),
};

const ENDED: readonly RowCondition[] = [
  { type: "Completed", status: "True", reason: "Succeeded", message: "The pod has completed successfully." },
  { type: "Completed", status: "True", reason: "Failed", message: "The pod failed." },
];

/** How often containers restarted, and when one did last. Init containers that are done do not count any more. */
function printedRestarts(pod: Pod, now: Date): string {
  const init = pod.status?.initContainerStatuses ?? [];
  const started = isInitialized(pod);
  const counted: ContainerStatus[] = started
    ? [...init.filter((status) => isSidecar(pod, status)), ...(pod.status?.containerStatuses ?? [])]
    : init;
  const restarts = counted.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const last = counted
    .flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
    .sort()
    .at(-1);
  return restarts === 0 || last === undefined ? `${restarts}` : `${restarts} (${ageCell(last, now)} ago)`;
}

/** `<none>`, or how many of the readiness gates are true. */
function printedGates({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? [];
  const open = gates.filter(({ conditionType }) =>
    status?.conditions?.some(({ type, status: value }) => type === conditionType && value === "True"),
  );
  return gates.length === 0 ? "<none>" : `${open.length}/${gates.length}`;
}
