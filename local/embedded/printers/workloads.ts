import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from "../types.ts";
import { ageCell } from "./age.ts";
import { columns, containerCells, nameOf, selectorCell, type Printer } from "./printer.ts";

const COUNTS = { Desired: "integer", Current: "integer", Ready: "integer" } as const;

export const DEPLOYMENT_PRINTER: Printer<Deployment> = {
  columns: columns("Name, Ready, Up-to-date, Available, Age | Containers, Images, Selector"),
  cells: (deployment, now) => {
    const { metadata, spec, status } = deployment;
    return [
      nameOf(deployment),
      `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 1}`,
      status?.updatedReplicas ?? 0,
      status?.availableReplicas ?? 0,
      ageCell(metadata?.creationTimestamp, now),
      ...containerCells(spec?.template),
      selectorCell(spec?.selector),
    ];
  },
};

export const REPLICA_SET_PRINTER: Printer<ReplicaSet> = {
  columns: columns("Name, Desired, Current, Ready, Age | Containers, Images, Selector", COUNTS),
  cells: (replicaSet, now) => {
    const { metadata, spec, status } = replicaSet;
    return [
      nameOf(replicaSet),
      spec?.replicas ?? 1,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      ageCell(metadata?.creationTimestamp, now),
      ...containerCells(spec?.template),
      selectorCell(spec?.selector),
    ];
  },
};

export const STATEFUL_SET_PRINTER: Printer<StatefulSet> = {
  columns: columns("Name, Ready, Age | Containers, Images"),
  cells: (set, now) => [
    nameOf(set),
    `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 1}`,
    ageCell(set.metadata?.creationTimestamp, now),
    ...containerCells(set.spec?.template),
  ],
};

export const DAEMON_SET_PRINTER: Printer<DaemonSet> = {
  columns: columns(
    "Name, Desired, Current, Ready, Up-to-date, Available, Node Selector, Age | Containers, Images, Selector",
    { ...COUNTS, "Up-to-date": "integer", Available: "integer" },
  ),
  cells: (set, now) => {
    const { metadata, spec, status } = set;
    return [
      nameOf(set),
      status?.desiredNumberScheduled ?? 0,
      status?.currentNumberScheduled ?? 0,
      status?.numberReady ?? 0,
      status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0,
      selectorCell({ matchLabels: spec?.template.spec?.nodeSelector ?? {} }),
      ageCell(metadata?.creationTimestamp, now),
      ...containerCells(spec?.template),
      selectorCell(spec?.selector),
    ];
  },
};
