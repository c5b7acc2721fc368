import { readFileSync } from "node:fs";
import type { Connection } from "../../../functions/shared/cluster/http-cluster.ts";

/** How a way of the bench reaches the API server, as it stands in the file that the bench writes for it. */
export interface BenchConnection {
  server: string;
  ca: string;
  token: string;
  kubeconfig: string;
  kubectl: string;
}

/** Reads the file that the bench named on the command line. */
export function readConnection(): BenchConnection {
  return JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as BenchConnection;
}

/** The same, as the functions take it: nothing is loaded for it that the deployed functions do not load. */
export function asConnection({ server, ca, token }: BenchConnection): Connection {
  const headers = { authorization: `Bearer ${token}` };
  return { name: "bench", server, tls: { ca }, authenticate: () => Promise.resolve(headers) };
}

/** Reports how many failing pods were found. The time counts from the start of the process. */
export function report(found: number): void {
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(JSON.stringify({ milliseconds: performance.now(), peakBytes, found }));
  process.exit();
}
