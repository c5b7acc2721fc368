import type { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";

/** What an API server has done so far. */
export interface Served {
  /** Reads of pods, that is of what any way reads. */
  podReads: number;
  /** Processor time of its process. */
  cpuSeconds: number;
}

/** Reads the API server's own counters. */
export async function served(cluster: HttpCluster): Promise<Served> {
  const text = await cluster.text("/metrics");
  return { podReads: podReads(text), cpuSeconds: counter(text, "process_cpu_seconds_total") };
}

/** A counter without labels, in the Prometheus text format. */
export function counter(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
}

/** How often pods were read, one or a list of them. */
export function podReads(text: string): number {
  let sum = 0;
  for (const line of text.split("\n")) {
    if (!line.startsWith("apiserver_request_total{") || !line.includes('resource="pods"')) continue;
    if (/verb="(LIST|GET)"/.test(line)) sum += Number(line.slice(line.lastIndexOf(" ") + 1));
  }
  return sum;
}
