import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** What an API server has answered so far to those who read workloads. */
export interface Served {
  requests: number;
  bytes: number;
}

/** The resources that any of the ways reads. */
const RESOURCES = new Set([
  "pods",
  "namespaces",
  "nodes",
  "deployments",
  "replicasets",
  "statefulsets",
  "daemonsets",
  "jobs",
  "cronjobs",
  "horizontalpodautoscalers",
]);

/** Reads the API server's own counters: the same measure for every way, whatever client it uses. */
export async function served(kubectl: string, kubeconfig: string): Promise<Served> {
  const args = ["--kubeconfig", kubeconfig, "get", "--raw", "/metrics"];
  const { stdout } = await execute(kubectl, args, { maxBuffer: 256 * 1024 ** 2 });
  return {
    requests: total(stdout, "apiserver_request_total"),
    bytes: total(stdout, "apiserver_response_sizes_sum"),
  };
}

/** The sum of a counter over all reads of these resources, in the Prometheus text format. */
export function total(text: string, counter: string): number {
  let sum = 0;
  for (const line of text.split("\n")) {
    if (!line.startsWith(`${counter}{`)) continue;
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? "";
    if (!["LIST", "GET"].includes(label("verb")) || !RESOURCES.has(label("resource"))) continue;
    sum += Number(line.slice(line.lastIndexOf(" ") + 1));
  }
  return sum;
}
