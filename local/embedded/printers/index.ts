/** How the API server prints objects, for whoever makes Tables without a cluster. */

export { ENDPOINT_SLICE_PRINTER } from "./endpoint-slice.ts";
export { CRON_JOB_PRINTER, JOB_PRINTER } from "./job.ts";
export { NAMESPACE_PRINTER, NODE_PRINTER } from "./node.ts";
export { POD_PRINTER } from "./pod.ts";
export { printedPod } from "./printed-pod.ts";
export { printed, type Printer } from "./printer.ts";
export { printerOf } from "./printers.ts";
export { DAEMON_SET_PRINTER, DEPLOYMENT_PRINTER, REPLICA_SET_PRINTER, STATEFUL_SET_PRINTER } from "./workloads.ts";
