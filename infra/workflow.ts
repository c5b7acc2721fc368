import { fileURLToPath } from "node:url";
import { Names, RemovalPolicy, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { placeholderOf } from "../statemachines/placeholder.ts";
import { STEP_NAMES, type StepFunctions } from "./functions.ts";

const DEFINITION_FILE = fileURLToPath(new URL("../statemachines/remediation.asl.json", import.meta.url));

export interface WorkflowProps {
  steps: StepFunctions;
  key: IKey;
  logRetention: RetentionDays;
  namePrefix: string | undefined;
}

/** The state machine: the definition as it stands in its file, with the functions' ARNs filled in. */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { steps, key, logRetention, namePrefix } = props;
    this.stateMachine = new StateMachine(this, "StateMachine", {
      ...(namePrefix === undefined ? {} : { stateMachineName: `${namePrefix}-remediation` }),
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(DEFINITION_FILE),
      definitionSubstitutions: Object.fromEntries(
        STEP_NAMES.map((step) => [placeholderOf(step), steps[step].lambda.functionArn]),
      ),
      tracingEnabled: true,
      logs: {
        // Without payloads: what containers say when they end may hold secrets. The execution's history has them.
        includeExecutionData: false,
        level: LogLevel.ALL,
        destination: new LogGroup(this, "Logs", {
          // Step Functions adds each log group to one policy of limited size, unless its name starts like this.
          // The rest tells it apart from that of any other stack or construct, which may look after the same cluster.
          logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 200, separator: "-", allowedSpecialCharacters: "-" })}`,
          retention: logRetention,
          encryptionKey: key,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ["lambda:InvokeFunction"],
        resources: STEP_NAMES.map((step) => steps[step].lambda.functionArn),
      }),
    );
    Validations.of(this.stateMachine.role).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason:
        "Delivering logs and sending traces are allowed on all resources or none: CloudWatch's log delivery actions and X-Ray's write actions know no resources.",
    });
  }
}
