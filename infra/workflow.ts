import { ArnFormat, Names, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { placeholderOf } from "../statemachines/placeholder.ts";
import { WORKLOAD_LABEL } from "../statemachines/remediation.ts";
import { useOfKeyFor } from "./encrypted-executions.ts";
import { STEP_NAMES, type StepFunctions } from "./functions.ts";
import { nagResource } from "./nag-resource.ts";
import { pathTo } from "./packaged.ts";

const DEFINITION_FILE = pathTo("statemachines/remediation.asl.json");

/** The longest name that a state machine may have. */
const MAX_NAME = 80;

export interface WorkflowProps {
  steps: StepFunctions;
  key: IKey;
  logRetention: RetentionDays;
  namePrefix: string | undefined;
}

/**
 * The state machine: the definition as it stands in its file, with the ARNs of the functions' present versions filled in. An
 * execution ends with the code, the policy and the definition that it began with.
 */
export class Workflow extends Construct {
  readonly stateMachine: StateMachine;
  /** Its name as text, which what it depends on may be allowed to use. */
  readonly stateMachineName: string;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { steps, key, logRetention, namePrefix } = props;
    // What the machine's own role is allowed names it, so that CloudFormation cannot find the name itself.
    this.stateMachineName = namePrefix === undefined ? this.uniqueName(MAX_NAME) : `${namePrefix}-remediation`;
    this.stateMachine = new StateMachine(this, "StateMachine", {
      stateMachineName: this.stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(DEFINITION_FILE),
      definitionSubstitutions: Object.fromEntries(
        STEP_NAMES.map((step) => [placeholderOf(step), steps[step].lambda.currentVersion.functionArn]),
      ),
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(key),
      tracingEnabled: true,
      logs: {
        // Without payloads: what containers say when they end may hold secrets. The execution's history has them.
        includeExecutionData: false,
        level: LogLevel.ALL,
        destination: new LogGroup(this, "Logs", {
          // Step Functions adds each log group to one policy of limited size, unless its name starts like this.
          // The rest tells it apart from that of any other stack or construct, which may look after the same cluster.
          logGroupName: `/aws/vendedlogs/states/${this.uniqueName(200)}`,
          retention: logRetention,
          encryptionKey: key,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    this.allowInvocations(steps);
    this.allowExecutionsOfWorkloads(key);
    Validations.of(this.stateMachine.role).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason:
        "Delivering logs and sending traces are allowed on all resources or none: CloudWatch's log delivery actions and X-Ray's write actions know no resources.",
    });
  }

  private uniqueName(maxLength: number): string {
    return Names.uniqueResourceName(this, { maxLength, separator: "-", allowedSpecialCharacters: "-" });
  }

  /** Any version of the functions: executions of an earlier definition are under way when another is deployed. */
  private allowInvocations(steps: StepFunctions): void {
    const resources = STEP_NAMES.map((step) => `${steps[step].lambda.functionArn}:*`);
    this.stateMachine.addToRolePolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources }));
    for (const resource of resources)
      this.acknowledge(resource, "An execution ends with the versions of the functions that it began with.");
  }

  /**
   * What a Distributed Map takes, whose executions are those of the machine itself.
   * Source: docs.aws.amazon.com/step-functions, "IAM policies for using Distributed Map states"
   */
  private allowExecutionsOfWorkloads(key: IKey): void {
    const machine = this.arnOf("stateMachine", this.stateMachineName);
    const executions = [
      this.arnOf("execution", `${this.stateMachineName}:*`),
      this.arnOf("execution", `${this.stateMachineName}/${WORKLOAD_LABEL}:*`),
    ];
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({ actions: ["states:StartExecution"], resources: [machine] }),
    );
    this.stateMachine.addToRolePolicy(
      new PolicyStatement({
        actions: ["states:DescribeExecution", "states:RedriveExecution", "states:StopExecution"],
        resources: executions,
      }),
    );
    for (const resource of executions) this.acknowledge(resource, "They are the executions of this machine alone.");
    // The machine that such an execution belongs to has the label in its name.
    this.stateMachine.addToRolePolicy(useOfKeyFor(`${machine}/*`, key));
  }

  private arnOf(resource: "stateMachine" | "execution", resourceName: string): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return Stack.of(this).formatArn({ service: "states", resource, resourceName, arnFormat });
  }

  private acknowledge(resource: string, reason: string): void {
    const id = `AwsSolutions-IAM5[Resource::${nagResource(Stack.of(this), resource)}]`;
    Validations.of(this.stateMachine.role).acknowledge({ id, reason });
  }
}
