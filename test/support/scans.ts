import { scan } from "../../functions/scan/scan.ts";
import type { Scan } from "../../functions/scan/sights.ts";
import { Detection } from "../../functions/run/detection.ts";
import { refusal, type Answer, type ApiServer, type SeenRequest } from "./api-server.ts";
import { NOW, policy } from "./objects.ts";
import { asksForTable } from "./served-cluster.ts";

/** Scans the whole cluster as a scheduled run does, unless told otherwise, and holds the answer to its contract. */
export async function scanned(api: ApiServer, options: Partial<Scan> = {}): Promise<Detection> {
  return Detection.parse(
    await scan(api.cluster(), {
      clusterName: "prod",
      namespace: undefined,
      dryRun: false,
      findingsOnly: false,
      policy: policy(),
      now: NOW,
      ...options,
    }),
  );
}

const OF_EVERY_LOOK =
  /^status\.phase!=Succeeded(,metadata\.namespace!=kube-system,metadata\.namespace!=kube-public,metadata\.namespace!=kube-node-lease)?$/;

/** What was asked for, a Table marked as such. */
export function asked(api: ApiServer): string[] {
  return api.requests.map((request) => `${asksForTable(request) ? "table " : ""}${target(request)}`);
}

function target({ path, query }: SeenRequest): string {
  // Every look at pods leaves those out that have succeeded, and one at the whole cluster those of system namespaces.
  const selector = query["fieldSelector"]?.replace(OF_EVERY_LOOK, "") ?? "";
  return selector === "" ? path : `${path}?${selector}`;
}

/** A refusal that is final. */
export const FORBIDDEN = refusal(403, "pods is forbidden");
/** Refusals that may be tried again at once. */
export const BROKEN: Answer = refusal(500, "etcdserver: leader changed", {}, { "retry-after": "0" });
export const THROTTLED: Answer = refusal(429, "too many requests", {}, { "retry-after": "0" });

/** The incidents in short: `Deployment shop/web: CrashLoopBackOff`, sorted. */
export function incidentsOf({ incidents }: Detection): string[] {
  return incidents
    .map(({ workload: { kind, namespace, name }, failures }) => {
      return `${kind} ${namespace}/${name}: ${failures.map(({ reason }) => reason).join(", ")}`;
    })
    .sort();
}
