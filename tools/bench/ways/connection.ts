import { subscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import type { Connection } from "../../../functions/shared/cluster/http-cluster.ts";

/** How a way of the bench reaches the API server, as it stands in the file that the bench writes for it. */
export interface BenchConnection {
  server: string;
  ca: string;
  token: string;
  kubeconfig: string;
  kubectl: string;
  /** Whether answers may come compressed. */
  compressed: boolean;
}

/** What a way says of itself when it is done. The time counts from the start of the process. */
export interface Reported {
  milliseconds: number;
  /** The most resident memory, and the processor time, of the process and of what it has started. */
  peakBytes: number;
  cpuSeconds: number;
  /** How many requests it made; undefined where others make them for it. */
  requests: number | undefined;
  /** How many workloads or pods it told as failing, and their keys (`KIND/NAMESPACE/NAME`); undefined where it tells no names. */
  counted: number;
  told?: string[];
}

let requests = 0;
for (const channel of ["http.client.request.start", "undici:request:create"]) {
  subscribe(channel, () => requests++);
}

/** Reads the file that the bench named on the command line. */
export function readConnection(): BenchConnection {
  return JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as BenchConnection;
}

/** The same, as the functions take it: nothing is loaded for it that the deployed functions do not load. */
export function asConnection({ server, ca, token, compressed }: BenchConnection): Connection {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(compressed ? {} : { "accept-encoding": "identity" }),
  };
  return { name: "bench", server, tls: { ca }, authenticate: () => Promise.resolve(headers) };
}

/** What this process has used so far. */
export function usedBySelf(): Pick<Reported, "peakBytes" | "cpuSeconds"> {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return { peakBytes: peakOf("self") ?? maxRSS * 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
}

/**
 * The most resident memory of a process, where the system tells it; undefined elsewhere. What `getrusage` says of a process
 * begins with what the one that started it had. Source: man 5 proc, VmHWM; man 2 getrusage
 */
export function peakOf(process: number | "self"): number | undefined {
  try {
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, "utf8"))?.[1];
    return peak === undefined ? undefined : Number(peak) * 1024;
  } catch {
    return undefined;
  }
}

/** Reports what was found, and ends the process. */
export function report(told: string[] | undefined, more: Partial<Reported> = {}): void {
  const reported: Reported = {
    milliseconds: performance.now(),
    ...usedBySelf(),
    requests,
    counted: told?.length ?? 0,
    ...(told === undefined ? {} : { told }),
    ...more,
  };
  process.stdout.write(JSON.stringify(reported), () => process.exit());
}
