/** The calls of AWS that documents make, with the options that each is given. Sources: the AWS CLI's command reference. */
export const AWS: Readonly<Record<string, readonly string[]>> = {
  "cloudformation deploy": [
    "--stack-name",
    "--template-file",
    "--parameter-overrides",
    "--capabilities",
    "--region",
    "--s3-bucket",
  ],
  "cloudformation create-stack-instances": ["--stack-set-name", "--deployment-targets", "--regions"],
  "cloudformation create-stack-set": [
    ...[
      "--stack-set-name",
      "--template-body",
      "--capabilities",
      "--permission-model",
      "--auto-deployment",
      "--parameters",
    ],
  ],
  "cloudformation describe-stack-resources": ["--stack-name"],
  "cloudformation describe-stacks": ["--stack-name"],
  "cloudwatch get-metric-statistics": [
    ...["--namespace", "--metric-name", "--dimensions", "--start-time", "--end-time", "--period", "--statistics"],
  ],
  "eks describe-cluster": ["--name"],
  "eks list-access-entries": ["--cluster-name"],
  "eks tag-resource": ["--resource-arn", "--tags"],
  "events describe-rule": ["--name"],
  "events list-targets-by-rule": ["--rule"],
  "events put-targets": ["--cli-input-json"],
  "lambda delete-function": ["--function-name", "--qualifier"],
  "lambda get-account-settings": [],
  "lambda invoke": ["--function-name", "--cli-binary-format", "--payload"],
  "lambda list-versions-by-function": ["--function-name"],
  "logs tail": ["--since", "--filter-pattern"],
  "secretsmanager create-secret": ["--name", "--secret-string", "--query"],
  "sns subscribe": ["--topic-arn", "--protocol", "--notification-endpoint", "--attributes"],
  "ssm get-parameter": ["--name"],
  "ssm put-parameter": ["--name", "--type", "--value", "--overwrite"],
  "sqs receive-message": ["--queue-url", "--message-attribute-names", "--visibility-timeout"],
  "stepfunctions describe-execution": ["--execution-arn"],
  "stepfunctions get-execution-history": ["--execution-arn", "--reverse-order", "--max-items"],
  "stepfunctions list-executions": ["--state-machine-arn", "--map-run-arn", "--status-filter", "--max-items"],
  "stepfunctions list-map-runs": ["--execution-arn"],
  "stepfunctions start-execution": ["--state-machine-arn", "--input"],
};

/** The commands of kubectl that documents give. */
export const KUBECTL = ["apply", "annotate", "auth", "delete", "describe", "get", "patch", "rollout"];

/** Programs that every machine has, or that the document defines itself. */
export const OTHERS = ["date", "export", "git", "head", "helm", "jq", "output", "resources", "sort", "source", "tr"];
