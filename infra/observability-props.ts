import type { Duration } from "aws-cdk-lib";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { RemediationFunction } from "./remediation-function.ts";

/** What the alarms and the dashboard watch, and where they send people. */
export interface ObservabilityProps {
  clusterName: string;
  stateMachine: StateMachine;
  functions: Readonly<Record<string, RemediationFunction>>;
  /**
   * Those of them whose errors and throttles no execution shows: what invokes them does not wait, or is not the workflow. Each
   * metric that an alarm adds up is paid for.
   */
  unwatched: Readonly<Record<string, RemediationFunction>>;
  /** The dead-letter queues. */
  queues: Readonly<Record<string, Queue>>;
  /** What counts the looks of the schedule. */
  patrol: Pick<RemediationFunction["lambda"], "metricInvocations">;
  /** The hub's own functions, which have to be invoked again and again; undefined where there is no hub. */
  ofHub: Readonly<Record<"rounds" | "fleet" | "discover", RemediationFunction["lambda"] | undefined>>;
  schedule: { interval: Duration; enabled: boolean };
  /** Whether there is a dashboard. */
  dashboard: boolean;
  /** Where alarms are published. */
  topic: ITopic;
  /** Where the runbook is: a URL, or a path in the project. */
  runbook: string;
}
