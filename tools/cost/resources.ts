/** A resource of the template. */
export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** A template as CloudFormation takes it, as far as it is read here. */
export interface Template {
  Resources: Record<string, Resource>;
}

/**
 * What each type of resource in the template is billed by: prices of prices.json, nothing for one that is free. A type that is
 * not listed has no place in the sums: a test fails.
 */
export const BILLED_BY: Readonly<Record<string, readonly string[]>> = {
  "AWS::CloudWatch::Alarm": ["cloudwatch-alarm-metric"],
  "AWS::CloudWatch::Dashboard": ["cloudwatch-dashboard"],
  "AWS::DynamoDB::Table": ["dynamodb-read", "dynamodb-write"],
  "AWS::EKS::AccessEntry": [],
  // At a rate, and of events of AWS itself. Those that the record puts on the bus are priced.
  "AWS::Events::Rule": ["eventbridge-event"],
  "AWS::IAM::Policy": [],
  "AWS::IAM::Role": [],
  "AWS::KMS::Key": ["kms-key", "kms-request"],
  "AWS::Lambda::EventInvokeConfig": [],
  "AWS::Lambda::Function": ["lambda-request", "lambda-gb-second", "xray-trace", "cloudwatch-metric"],
  "AWS::Lambda::Permission": [],
  "AWS::Lambda::Url": [],
  // Up to 75 GB of code in a region.
  "AWS::Lambda::Version": [],
  "AWS::Logs::LogGroup": ["cloudwatch-log-gb"],
  "AWS::S3::Bucket": ["s3-put"],
  "AWS::S3::BucketPolicy": [],
  "AWS::SNS::Subscription": ["sns-email"],
  "AWS::SNS::Topic": ["sns-publish"],
  "AWS::SNS::TopicPolicy": [],
  "AWS::SQS::Queue": ["sqs-request"],
  "AWS::SQS::QueuePolicy": [],
  // In the standard tier, read at the standard rate.
  "AWS::SSM::Parameter": [],
  "AWS::StepFunctions::StateMachine": ["step-functions-transition"],
};

/** All resources of a type. */
export function resourcesOf({ Resources }: Template, type: string): Resource[] {
  return Object.values(Resources).filter(({ Type }) => Type === type);
}

/** How many metrics the alarms watch: an alarm on an expression is billed by those that it adds up. */
export function alarmMetrics(template: Template): number {
  return resourcesOf(template, "AWS::CloudWatch::Alarm")
    .map(
      ({ Properties }) => (Properties?.["Metrics"] as { MetricStat?: unknown }[] | undefined) ?? [{ MetricStat: {} }],
    )
    .flat()
    .filter(({ MetricStat }) => MetricStat !== undefined).length;
}

/** The memory of the function of that name in GB. @throws Error where there is none */
export function memoryOf(template: Template, description: RegExp): number {
  const found = resourcesOf(template, "AWS::Lambda::Function").find(({ Properties }) =>
    description.test(String(Properties?.["Description"])),
  );
  const memory = found?.Properties?.["MemorySize"];
  if (typeof memory !== "number") throw new Error(`No function of the template is described by ${description.source}.`);
  return memory / 1_024;
}
