import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key, KeySpec, KeyUsage } from "aws-cdk-lib/aws-kms";
import { FunctionUrlAuthType } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { useOfKeyFor } from "./encrypted-executions.ts";
import { nagResource } from "./nag-resource.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";

export interface ApprovalLinksProps {
  /** The function whose messages hold the links. */
  notify: RemediationFunction;
  /** As text: the machine depends on `notify`, which depends on this. */
  stateMachineName: string;
  options: FunctionOptions;
}

/**
 * How many open or answer links at once. Anybody can call the address: this is how much of the account's concurrency, and of the
 * calls to the key, that can take.
 */
const AT_ONCE = 5;

/** Links by which people decide about what is proposed: the page, its address, and the key that makes the links. */
export class ApprovalLinks extends Construct {
  readonly decide: RemediationFunction;

  constructor(scope: Construct, id: string, { notify, stateMachineName, options }: ApprovalLinksProps) {
    super(scope, id);
    const key = new Key(this, "Key", {
      description: "EKS remediation: the links by which people approve and decline",
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      // With it, the links that it made end.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.decide = new RemediationFunction(this, "decide", {
      name: "decide",
      entry: "functions/decide/handler.ts",
      description: "Shows what is proposed to whoever opens its link, and takes their decision",
      memorySize: 512,
      timeout: Duration.seconds(30),
      reservedConcurrentExecutions: AT_ONCE,
      options,
    });
    const stateMachineArn = Stack.of(this).formatArn({
      service: "states",
      resource: "stateMachine",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      resourceName: stateMachineName,
    });
    const { lambda, role } = this.decide;
    lambda.addEnvironment("STATE_MACHINE_ARN", stateMachineArn);
    lambda.addEnvironment("LINK_KEY", key.keyArn);
    role.addToPolicy(new PolicyStatement({ actions: ["states:StartExecution"], resources: [stateMachineArn] }));
    const started = Stack.of(this).formatArn({
      service: "states",
      resource: "execution",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      // As the function names its executions.
      resourceName: `${stateMachineName}:link-*`,
    });
    role.addToPolicy(new PolicyStatement({ actions: ["states:DescribeExecution"], resources: [started] }));
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nagResource(Stack.of(this), started)}]`,
      reason: "It looks at the executions that it started, whose names end with what was decided about.",
    });
    role.addToPolicy(useOfKeyFor(stateMachineArn, options.key));
    role.addToPolicy(new PolicyStatement({ actions: ["kms:VerifyMac"], resources: [key.keyArn] }));
    // Whoever has a link may use it, with no account of AWS: what the function checks is the link.
    const { url } = lambda.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    for (const id of ["Serverless-LambdaAsyncFailureDestination", "Serverless-LambdaDLQ"]) {
      Validations.of(lambda).acknowledge({ id, reason: "Only its address invokes it, and waits for its answer." });
    }

    notify.lambda.addEnvironment("LINK_ADDRESS", url);
    notify.lambda.addEnvironment("LINK_KEY", key.keyArn);
    notify.role.addToPolicy(new PolicyStatement({ actions: ["kms:GenerateMac"], resources: [key.keyArn] }));
  }
}
