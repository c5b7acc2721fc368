import type { Detection } from "../run/detection.ts";
import type { Measurement } from "../run/measurement.ts";
import type { DetectFailuresRequest, ScanRequest } from "../run/request.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import type { Policy } from "../shared/policy.ts";
import { scan } from "./scan.ts";

/** What a scan found, and what there is to measure of it. */
export interface Seen {
  detection: Detection;
  measurements: Measurement[];
}

/**
 * The scan that a request asks for, and how it went.
 * @throws what a scan may throw
 */
export async function lookAround(
  cluster: Reader,
  request: ScanRequest | DetectFailuresRequest,
  policy: Policy,
  now: Date,
): Promise<Seen> {
  const started = performance.now();
  const detection = await scan(cluster, {
    clusterName: request.cluster_name,
    namespace: request.namespace,
    dryRun: request.dry_run ?? false,
    findingsOnly: "action" in request,
    policy,
    now,
  });
  const always: Measurement[] = [
    { name: "ScanTime", value: performance.now() - started },
    { name: "PodsSeen", value: detection.pods_seen },
  ];
  // An hour in which a metric has a value is paid for: those that are mostly zero have none then.
  const seldom: Measurement[] = [
    { name: "FailingPods", value: detection.failing_pods },
    { name: "Resting", value: detection.resting.count },
    { name: "UnseenParts", value: detection.unseen.length },
  ];
  return { detection, measurements: [...always, ...seldom.filter(({ value }) => value > 0)] };
}
