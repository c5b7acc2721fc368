import { fileURLToPath } from "node:url";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";

/** What each function does; the name is its folder under `functions/`. */
const STEPS = {
  detect: "Finds failing workloads, or the workload that a runbook names",
  classify: "Finds the cause and chooses the remedy",
  claim: "Claims a workload, and releases it with its outcome",
  restart: "Evicts failing pods",
  rollback: "Puts an earlier pod template back, and undoes that",
  scale: "Moves an HPA's bounds or a Deployment's replicas, and undoes that",
  verify: "Looks whether a remedy, or its undo, has taken effect",
  notify: "Decides the outcome and publishes it",
} as const;

export type StepName = keyof typeof STEPS;
export const STEP_NAMES = Object.keys(STEPS) as StepName[];

/** A function with the role that is its own. */
export interface StepFunction {
  lambda: NodejsFunction;
  role: Role;
}
export type StepFunctions = Readonly<Record<StepName, StepFunction>>;

export interface FunctionsProps {
  /** The remediation policy as JSON text. */
  policy: string;
}

/**
 * The workflow's Lambda functions. Each has a role of its own that may write to its own log group; what else it may do
 * is granted where that is set up.
 */
export class Functions extends Construct {
  readonly steps: StepFunctions;

  constructor(scope: Construct, id: string, { policy }: FunctionsProps) {
    super(scope, id);
    const steps = STEP_NAMES.map((step) => [step, createFunction(new Construct(this, step), step, policy)] as const);
    this.steps = Object.fromEntries(steps) as StepFunctions;
  }
}

function createFunction(scope: Construct, step: StepName, policy: string): StepFunction {
  const logGroup = new LogGroup(scope, "Logs", {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // Its name is left to CloudFormation: an EKS access entry holds on to a role's unique ID, so a role that is recreated
  // under its old name loses its access, while a new name brings a new access entry.
  const role = new Role(scope, "Role", {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    description: `EKS remediation: ${step}`,
  });
  logGroup.grantWrite(role);
  const lambda = new NodejsFunction(scope, "Function", {
    entry: pathTo(`functions/${step}/handler.ts`),
    handler: "handler",
    description: STEPS[step],
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    // A function's share of a CPU grows with its memory. The scan reads the whole cluster; the others one workload.
    memorySize: step === "detect" ? 1_024 : 512,
    // Less than the 60 s that the definition gives each task, cold start included: a step that timed out must not be
    // still at work while its retry runs.
    timeout: Duration.seconds(50),
    environment: { REMEDIATION_POLICY: policy },
    role,
    logGroup,
    projectRoot: pathTo("."),
    depsLockFilePath: pathTo("package-lock.json"),
    bundling: {
      format: OutputFormat.ESM,
      target: "node24",
      mainFields: ["module", "main"],
      minify: true,
      // The AWS SDK is bundled too: the version that was tested runs, and only the few parts that are used are loaded.
      externalModules: [],
      logLevel: LogLevel.WARNING,
    },
  });
  return { lambda, role };
}

function pathTo(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}
