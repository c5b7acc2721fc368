import { customPrinter } from "../custom/printer.ts";
import type { Resource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";
import { ageCell } from "./age.ts";
import { HPA_PRINTER } from "./hpa.ts";
import { CRON_JOB_PRINTER, JOB_PRINTER } from "./job.ts";
import { NAMESPACE_PRINTER, NODE_PRINTER } from "./node.ts";
import {
  CONFIG_MAP_PRINTER,
  CONTROLLER_REVISION_PRINTER,
  EVENT_PRINTER,
  QUOTA_PRINTER,
  SECRET_PRINTER,
} from "./others.ts";
import { ENDPOINT_SLICE_PRINTER } from "./endpoint-slice.ts";
import { POD_PRINTER } from "./pod.ts";
import { DISRUPTION_BUDGET_PRINTER, LEASE_PRINTER } from "./policy.ts";
import { columns, nameOf, type Printer } from "./printer.ts";
import { DAEMON_SET_PRINTER, DEPLOYMENT_PRINTER, REPLICA_SET_PRINTER, STATEFUL_SET_PRINTER } from "./workloads.ts";

const PRINTERS = {
  Pod: POD_PRINTER,
  Deployment: DEPLOYMENT_PRINTER,
  ReplicaSet: REPLICA_SET_PRINTER,
  StatefulSet: STATEFUL_SET_PRINTER,
  DaemonSet: DAEMON_SET_PRINTER,
  Job: JOB_PRINTER,
  CronJob: CRON_JOB_PRINTER,
  Node: NODE_PRINTER,
  Namespace: NAMESPACE_PRINTER,
  HorizontalPodAutoscaler: HPA_PRINTER,
  PodDisruptionBudget: DISRUPTION_BUDGET_PRINTER,
  Lease: LEASE_PRINTER,
  EndpointSlice: ENDPOINT_SLICE_PRINTER,
  Event: EVENT_PRINTER,
  ConfigMap: CONFIG_MAP_PRINTER,
  Secret: SECRET_PRINTER,
  ResourceQuota: QUOTA_PRINTER,
  ControllerRevision: CONTROLLER_REVISION_PRINTER,
} as Readonly<Record<string, Printer<ApiObject>>>;

/** What is printed of kinds of which nobody reads more. */
const PLAIN: Printer<ApiObject> = {
  columns: columns("Name, Age"),
  cells: (object, now) => [nameOf(object), ageCell(object.metadata?.creationTimestamp, now)],
};

/** How objects of this resource are printed. */
export function printerOf({ kind, custom }: Resource): Printer<ApiObject> {
  if (custom !== undefined) return customPrinter(custom.columns);
  return PRINTERS[kind] ?? PLAIN;
}
