import { Duration, Validations } from "aws-cdk-lib";
import { REMEDIES } from "../functions/remedies/contracts.ts";
import { HELM_ROLLBACK } from "../functions/remedies/helm-rollback/contract.ts";
import { Action, parsePolicy } from "../functions/shared/policy.ts";
import { Construct, type IConstruct } from "constructs";
import { HELM_ARCHITECTURE, HELM_IN_LAYER, helmLayer } from "./helm-layer.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";

/** What each step of the workflow does, beside the remedies. */
const STEPS = {
  detect: "Finds failing workloads, or the workload that a runbook names",
  classify: "Finds the cause and chooses the remedy",
  claim: "Claims a workload, releases it with its outcome, and remembers storms",
  verify: "Looks whether a remedy, or its undo, has taken effect",
  notify: "Decides the outcome and publishes it",
} as const;

/** What each remedy does, by its action. */
const REMEDY_STEPS = Object.fromEntries(REMEDIES.map(({ action, description }) => [action, description])) as Record<
  Action,
  string
>;

export type StepName = keyof typeof STEPS | Action;
const DESCRIPTIONS: Readonly<Record<StepName, string>> = { ...STEPS, ...REMEDY_STEPS };
export const STEP_NAMES = Object.keys(DESCRIPTIONS) as StepName[];
export type StepFunctions = Readonly<Record<StepName, RemediationFunction>>;

/**
 * How long a step may take. Less than the 60 s that the definition gives each task, cold start included: a step that timed
 * out must not be still at work while its retry runs.
 */
export const STEP_TIMEOUT = Duration.seconds(50);

export interface FunctionsProps {
  options: FunctionOptions;
}

/** The Lambda functions that the state machine invokes, one a step. */
export class Functions extends Construct {
  readonly steps: StepFunctions;

  constructor(scope: Construct, id: string, { options }: FunctionsProps) {
    super(scope, id);
    const steps = STEP_NAMES.map((name) => [name, this.create(name, options)] as const);
    this.steps = Object.fromEntries(steps) as StepFunctions;
  }

  private create(name: StepName, options: FunctionOptions): RemediationFunction {
    const withHelm = runsHelm(name, options);
    const step = new RemediationFunction(this, name, {
      name,
      entry: handlerOf(name),
      description: DESCRIPTIONS[name],
      // The scan reads the whole cluster; the others one workload.
      memorySize: name === "detect" ? 1_024 : 512,
      timeout: STEP_TIMEOUT,
      ...(withHelm ? { layers: [helmLayer(this)], architecture: HELM_ARCHITECTURE } : {}),
      options,
    });
    if (withHelm) step.lambda.addEnvironment("HELM", HELM_IN_LAYER);
    if (isRemedy(name)) step.lambda.addEnvironment("REMEDY", name);
    if (name !== "notify") acknowledgeNoAsyncFailures(step.lambda);
    return step;
  }
}

/** Whether a function runs Helm: without the switch it has nothing to run it for. */
function runsHelm(name: StepName, { policy }: FunctionOptions): boolean {
  return name === HELM_ROLLBACK.action && parsePolicy(policy).owners.helm_rollback;
}

/** The handler of a function, from the root of the repository: one serves every remedy. */
export function handlerOf(name: string): string {
  return `functions/${isRemedy(name) ? "remedies" : name}/handler.ts`;
}

function isRemedy(name: string): boolean {
  return Action.safeParse(name).success;
}

/** Only `notify` is invoked asynchronously too. */
function acknowledgeNoAsyncFailures(lambda: IConstruct): void {
  for (const id of ["Serverless-LambdaAsyncFailureDestination", "Serverless-LambdaDLQ"]) {
    Validations.of(lambda).acknowledge({
      id,
      reason: "Only the state machine invokes it, and waits for its answer: Retry and Catch see every failure.",
    });
  }
}
