import { priceOf } from "./prices.ts";
import { alarmMetrics, memoryOf, resourcesOf, type Template } from "./resources.ts";
import {
  DISCOVERY,
  COLD_STARTS_A_DAY,
  DAYS_OF_A_MONTH,
  LOOK,
  METRICS_WHILE_FAILING,
  METRICS_WHILE_FAILING_OF_LISTED,
  MINUTES_OF_A_MONTH,
  QUEUE_REQUESTS,
  ROUND,
  TOLD,
  WATCH,
} from "./usage.ts";

/** What is counted, in one account and region. */
export interface Situation {
  /** So many deployments alike; of a hub, its own cluster and the others of its list. */
  clusters: number;
  /** One deployment looks after all of them. */
  hub?: boolean;
  /** How many workloads of each fail and are left to a person, told once a day. */
  chronic: number;
  /** Minutes from look to look. */
  interval: number;
  size: "small" | "large";
}

/** One line of the sum. */
export interface Line {
  /** Of prices.json. */
  price: string;
  amount: number;
  dollars: number;
}

/** What a deployment has whatever it looks after. */
const STANDING: ReadonlySet<string> = new Set(["cloudwatch-alarm-metric", "cloudwatch-dashboard", "kms-key"]);

/** Bytes of a GB, as logs are billed. */
const GB = 1e9;

/** What it costs a month at list prices, by what is billed; also beside what an account has for nothing. */
export function costOf(
  template: Template,
  { clusters, chronic, interval, size, hub = false }: Situation,
  withFree = false,
): Line[] {
  const looks = MINUTES_OF_A_MONTH / interval;
  const told = chronic * DAYS_OF_A_MONTH;
  const count = (type: string) => resourcesOf(template, type).length;
  const steps = memoryOf(template, /^Finds the cause/);
  const logBytes =
    looks * (LOOK.ownLogBytes + LOOK.platformLogBytes) +
    told * (TOLD.invocations * TOLD.logBytes + TOLD.machineLogBytes);
  const deployments = hub ? 1 : clusters;
  const own = LOOK.metrics + (chronic > 0 ? METRICS_WHILE_FAILING : 0);
  const listed = LOOK.metricsOfListed + (chronic > 0 ? METRICS_WHILE_FAILING_OF_LISTED : 0);
  const rounds = hub ? MINUTES_OF_A_MONTH / clusters : 0;
  const amounts: Record<string, number> = {
    "step-functions-transition": told * TOLD.transitions,
    // Each minute a round, and a look whether clusters fail alike.
    "lambda-request": looks + (2 + DISCOVERY.ofMinutes) * rounds + told * TOLD.invocations,
    "lambda-gb-second":
      rounds *
        (ROUND.secondsOf(clusters / interval) * ROUND.memory +
          WATCH.seconds * WATCH.memory +
          DISCOVERY.ofMinutes * DISCOVERY.seconds * DISCOVERY.memory) +
      looks * LOOK.seconds[size] * memoryOf(template, /^Looks whether/) +
      told * TOLD.invocations * TOLD.seconds * steps,
    "cloudwatch-metric":
      (own * deployments + listed * (clusters - deployments)) / clusters + (told * TOLD.metricHours) / 730,
    "cloudwatch-alarm-metric": alarmMetrics(template),
    "cloudwatch-dashboard": count("AWS::CloudWatch::Dashboard"),
    "cloudwatch-log-gb": logBytes / GB,
    "xray-trace": told,
    "kms-key": count("AWS::KMS::Key"),
    "kms-request":
      told * TOLD.kmsRequests +
      (COLD_STARTS_A_DAY * DAYS_OF_A_MONTH * count("AWS::Lambda::Function") * deployments) / clusters,
    "dynamodb-read": rounds * WATCH.readUnitsOf(clusters),
    "dynamodb-write": looks * LOOK.writeUnits + told * TOLD.writeUnits,
    "eventbridge-event": told,
    "sns-publish": told,
    "sns-email": told,
    "sqs-request": QUEUE_REQUESTS,
    "s3-put": 0,
  };
  return Object.entries(amounts).map(([price, each]) => {
    const { dollars, per, free } = priceOf(price);
    const amount = each * (STANDING.has(price) ? deployments : clusters);
    return { price, amount, dollars: (Math.max(0, amount - (withFree ? free : 0)) / per) * dollars };
  });
}

/** What lines come to. */
export function sumOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}
