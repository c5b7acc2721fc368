import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric, Stats, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { MetricName } from "../functions/run/measurement.ts";
import { METRICS, type RemediationFunction } from "./remediation-function.ts";

/** Over which time values are taken together where nothing else is said. */
export const PERIOD = Duration.minutes(5);

interface MetricOptions {
  statistic?: string;
  period?: Duration;
  label?: string;
}

/** One of the workflow's own metrics, for a cluster. */
export function ownMetric(name: MetricName, clusterName: string, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace: METRICS.namespace,
    metricName: name,
    dimensionsMap: { service: METRICS.service, cluster: clusterName },
    statistic: Stats.SUM,
    period: PERIOD,
    ...options,
  });
}

/**
 * All of the workflow's own metrics of one name, one line for each value of the further dimensions.
 * Source: docs.aws.amazon.com/AmazonCloudWatch, "CloudWatch search expression syntax"
 */
export function ownMetricBy(name: MetricName, dimensions: readonly string[], clusterName: string): MathExpression {
  const schema = [METRICS.namespace, "service", "cluster", ...dimensions].join(",");
  return new MathExpression({
    expression: `SEARCH('{${schema}} MetricName="${name}" service="${METRICS.service}" cluster="${clusterName}"', 'Sum')`,
    usingMetrics: {},
    label: "",
    period: PERIOD,
  });
}

/** How many executions ended without success. */
export function endedExecutions(stateMachine: StateMachine): IMetric {
  return sum("executions that failed, timed out or were aborted", {
    failed: stateMachine.metricFailed({ period: PERIOD }),
    timedOut: stateMachine.metricTimedOut({ period: PERIOD }),
    aborted: stateMachine.metricAborted({ period: PERIOD }),
  });
}

/** As many metrics as an alarm's expression may have. Source: docs.aws.amazon.com/AmazonCloudWatch, "CloudWatch metrics service quotas" */
const METRICS_OF_AN_ALARM = 10;

/** A metric of functions, as few sums of it as an alarm can each watch. */
export function ofAllFunctions(
  name: "Errors" | "Throttles",
  functions: Readonly<Record<string, { lambda: Pick<RemediationFunction["lambda"], "metric"> }>>,
): MathExpression[] {
  const metrics = Object.entries(functions).map(
    ([id, { lambda }]) => [variableOf(id), lambda.metric(name, { statistic: Stats.SUM, period: PERIOD })] as const,
  );
  return Array.from({ length: Math.ceil(metrics.length / METRICS_OF_AN_ALARM) }, (_, group) => {
    const some = metrics.slice(group * METRICS_OF_AN_ALARM, (group + 1) * METRICS_OF_AN_ALARM);
    const which = some.map(([id]) => id).join(", ");
    return sum(`${name.toLowerCase()} of ${which}`, Object.fromEntries(some));
  });
}

/** A function's name in an expression, which knows letters and digits alone. */
function variableOf(name: string): string {
  return name.replace(/-(.)/g, (_dashed, letter: string) => letter.toUpperCase());
}

/** How often a function has done what it was invoked for. Without an invocation there is no value, and that is none. */
export function successes(lambda: RemediationFunction["lambda"], period: Duration): MathExpression {
  return new MathExpression({
    expression: "FILL(invocations, 0) - FILL(errors, 0)",
    usingMetrics: {
      invocations: lambda.metricInvocations({ period, statistic: Stats.SUM }),
      errors: lambda.metricErrors({ period, statistic: Stats.SUM }),
    },
    label: "invocations that succeeded",
    period,
  });
}

/** How many messages wait in the queues. */
export function deadLetters(queues: Readonly<Record<string, Queue>>): IMetric {
  const metrics = Object.entries(queues).map(
    ([id, queue]) => [id, queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD })] as const,
  );
  return sum("dead letters", Object.fromEntries(metrics));
}

/** A metric without data does not make the sum unknown. */
function sum(label: string, metrics: Record<string, IMetric>): MathExpression {
  return new MathExpression({
    expression: `SUM([${Object.keys(metrics).join(", ")}])`,
    usingMetrics: metrics,
    label,
    period: PERIOD,
  });
}
