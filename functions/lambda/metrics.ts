import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { UNITS, type Measurement } from "../run/measurement.ts";

/** Namespace and service name come from the function's environment. */
const metrics = new Metrics();

/** Writes measurements to the log in the embedded metric format, from which CloudWatch makes metrics. */
export function measureInCloudWatch(clusterName: string, measurements: readonly Measurement[]): void {
  for (const { name, value, dimensions } of measurements) {
    const unit = UNITS[name];
    metrics
      .singleMetric()
      .addDimensions({ cluster: clusterName, ...dimensions })
      .addMetric(name, unit === undefined ? MetricUnit.Count : MetricUnit[unit], value);
  }
}
