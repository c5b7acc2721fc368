import {
  DAEMON_SET_PRINTER,
  DEPLOYMENT_PRINTER,
  JOB_PRINTER,
  NAMESPACE_PRINTER,
  NODE_PRINTER,
  POD_PRINTER,
  printed,
  type Printer,
  REPLICA_SET_PRINTER,
  STATEFUL_SET_PRINTER,
} from "../../local/embedded/printers/index.ts";
import { NOW } from "../support/objects.ts";

/** How the objects of each resource that is asked for as rows are printed. */
export const PRINTERS: Readonly<Partial<Record<string, (items: readonly unknown[]) => object>>> = {
  namespaces: by(NAMESPACE_PRINTER),
  nodes: by(NODE_PRINTER),
  pods: by(POD_PRINTER),
  deployments: by(DEPLOYMENT_PRINTER),
  replicasets: by(REPLICA_SET_PRINTER),
  statefulsets: by(STATEFUL_SET_PRINTER),
  daemonsets: by(DAEMON_SET_PRINTER),
  jobs: by(JOB_PRINTER),
};

function by<T>(printer: Printer<T>): (items: readonly unknown[]) => object {
  return (items) => printed(printer, items as readonly T[], NOW);
}
