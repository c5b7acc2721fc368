import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { clusterOfArn } from "../shared/cluster-name.ts";
import { UNITS, type Measurement, type MetricName } from "../run/measurement.ts";

/** Namespace and service name come from the function's environment. */
const metrics = new Metrics();

/** What a hub writes of its own cluster alone: each metric of each cluster is paid for. */
const OF_OWN: ReadonlySet<MetricName> = new Set(["PodsSeen", "Resting"]);

/** Writes measurements to the log in the embedded metric format, from which CloudWatch makes metrics. */
export function measureInCloudWatch(clusterName: string, measurements: readonly Measurement[]): void {
  const isListed = clusterOfArn(clusterName) !== undefined;
  for (const { name, value, dimensions } of measurements) {
    if (isListed && OF_OWN.has(name)) continue;
    const unit = UNITS[name];
    metrics
      .singleMetric()
      .addDimensions({ cluster: clusterName, ...dimensions })
      .addMetric(name, unit === undefined ? MetricUnit.Count : MetricUnit[unit], value);
  }
}
