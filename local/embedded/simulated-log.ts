import type { Pod } from "./types.ts";

/** What is asked of a log, as the API server's query has it. Source: kubernetes core/v1, PodLogOptions */
export interface LogOptions {
  container: string;
  /** Whether the log of the container's earlier life is asked for. */
  previous: boolean;
  tailLines: number | undefined;
  limitBytes: number | undefined;
}

/** The options in a query; the pod's first container where it names none. */
export function logOptionsOf(query: URLSearchParams, { spec }: Pod): LogOptions {
  const numberOf = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  return {
    container: query.get("container") ?? spec?.containers[0]?.name ?? "",
    previous: query.get("previous") === "true",
    tailLines: numberOf("tailLines"),
    limitBytes: numberOf("limitBytes"),
  };
}

/**
 * The log of a simulated container: what the pod's annotation `simulation/log` says, in every life of it.
 * @returns undefined where the kubelet has no such log
 */
export function simulatedLog({ metadata, status }: Pod, options: LogOptions): string | undefined {
  const { container, previous, tailLines, limitBytes } = options;
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const found = statuses.find(({ name }) => name === container);
  const life = previous ? found?.lastState?.terminated : (found?.state?.running ?? found?.state?.terminated);
  if (life === undefined) return undefined;
  const lines = (metadata?.annotations?.["simulation/log"] ?? "").split("\n").map((line) => `${line}\n`);
  const text = lines.slice(tailLines === undefined ? 0 : -tailLines).join("");
  return limitBytes === undefined ? text : Buffer.from(text).subarray(0, limitBytes).toString();
}
