import { RemovalPolicy, Validations, type Duration } from "aws-cdk-lib";
import type { ISecurityGroup, IVpc, SubnetSelection } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement, Role, ServicePrincipal, type CfnRole } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  LoggingFormat,
  Runtime,
  Tracing,
  type CfnFunction,
  type ILayerVersion,
} from "aws-cdk-lib/aws-lambda";
import { LogLevel, NodejsFunction, OutputFormat, type NodejsFunctionProps } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { SEMI_SPACE_MB } from "../functions/shared/heap.ts";
import { REQUIRE } from "./bundle-banner.ts";
import { pathOfRole, type HubOptions } from "./hub-name.ts";
import { networkInterfaces, networkPolicyUnder, vpcConfigOf, type Network } from "./network.ts";
import { folderOfBundle, PACKAGED, pathTo } from "./packaged.ts";

/** What all functions have in common. */
export interface FunctionOptions {
  /** The remediation policy as JSON text. */
  policy: string;
  key: IKey;
  logRetention: RetentionDays;
  namePrefix: string | undefined;
  vpc: IVpc | undefined;
  subnets: SubnetSelection | undefined;
  securityGroups: readonly ISecurityGroup[] | undefined;
  /** The same by ids; undefined where there is a `vpc`, or none at all. */
  network: Network | undefined;
  /** What makes it a function of a hub; undefined where it looks after one cluster alone. */
  hub: HubOptions | undefined;
}

export interface RemediationFunctionProps {
  name: string;
  /** Its handler, from the root of the repository. */
  entry: string;
  description: string;
  /** A function's share of a CPU grows with its memory. */
  memorySize: number;
  timeout: Duration;
  /** What its layers need. Default: the one that costs less. */
  architecture?: Architecture;
  /** What it has beside its own code. */
  layers?: readonly ILayerVersion[];
  /** How many run at once at most, kept free for it. Default: what the account has left. */
  reservedConcurrentExecutions?: number;
  /** Whether its invocations are traced. Default: as X-Ray samples them. */
  tracing?: Tracing;
  options: FunctionOptions;
}

/** The functions' namespace in CloudWatch, and the value of each metric's dimension `service`. */
export const METRICS = { namespace: "EksRemediation", service: "eks-remediation" } as const;

/**
 * One Lambda function with a role of its own, which may log, trace and read its environment. What else it may do is granted
 * where that is set up.
 */
export class RemediationFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;
  /** Whether it runs so often at once as is set for it alone: what is refused beyond that says nothing of the account. */
  readonly isBounded: boolean;

  constructor(scope: Construct, id: string, { name, entry, options, layers = [], ...props }: RemediationFunctionProps) {
    super(scope, id);
    const { policy, key, logRetention, namePrefix, vpc, subnets, securityGroups, network, hub } = options;
    this.isBounded = props.reservedConcurrentExecutions !== undefined;
    const logGroup = new LogGroup(this, "Logs", {
      retention: logRetention,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Its name is left to CloudFormation: an EKS access entry holds on to a role's unique ID, so a role that is recreated
    // under its old name loses its access, while a new name brings a new access entry.
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      description: `EKS remediation: ${name}`,
      // By its folder, which is part of its ARN, a role of another account knows which function's it is.
      ...(hub === undefined ? {} : { path: pathOfRole(hub.name, name) }),
    });
    logGroup.grantWrite(this.role);
    this.role.addToPolicy(new PolicyStatement({ actions: ["kms:Decrypt"], resources: [key.keyArn] }));
    if (vpc !== undefined) this.role.addToPolicy(networkInterfaces());
    this.lambda = new NodejsFunction(this, "Function", {
      tracing: Tracing.ACTIVE,
      architecture: Architecture.ARM_64,
      ...props,
      layers: [...layers],
      ...(namePrefix === undefined ? {} : { functionName: `${namePrefix}-${name}` }),
      ...(PACKAGED ? bundled(entry) : bundling(entry)),
      runtime: Runtime.NODEJS_24_X,
      environment: {
        NODE_OPTIONS: `--max-semi-space-size=${SEMI_SPACE_MB}`,
        REMEDIATION_POLICY: policy,
        POWERTOOLS_SERVICE_NAME: METRICS.service,
        POWERTOOLS_METRICS_NAMESPACE: METRICS.namespace,
        POWERTOOLS_LOG_LEVEL: "INFO",
      },
      environmentEncryption: key,
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // Executions that began with a version end with it, whatever is deployed meanwhile.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(vpc === undefined ? {} : { vpc }),
      ...(subnets === undefined ? {} : { vpcSubnets: subnets }),
      ...(securityGroups === undefined ? {} : { securityGroups: [...securityGroups] }),
    });
    if (network !== undefined) this.placeIn(network);
    this.acknowledgeFindings();
  }

  private placeIn(network: Network): void {
    const { condition } = network;
    const lambda = this.lambda.node.defaultChild as CfnFunction;
    lambda.vpcConfig = vpcConfigOf(network);
    if (condition === undefined) {
      this.role.addToPolicy(networkInterfaces());
      return;
    }
    // In the role itself: nothing may depend on a resource that is there under a condition only. The checks of the stack
    // cannot read a property that is a condition, only an override.
    (this.role.node.defaultChild as CfnRole).addPropertyOverride("Policies", [networkPolicyUnder(condition)]);
    for (const id of ["CloudFormation-Validate::E1150", "CloudFormation-Validate::F3031"]) {
      Validations.of(lambda).acknowledge({
        id,
        reason: "Where the parameters name no subnets, the function has no VpcConfig that an empty id could be in.",
      });
    }
  }

  private acknowledgeFindings(): void {
    Validations.of(this.role).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason:
        "X-Ray's write actions know no resources; nor do the actions on network interfaces that Lambda needs of a function in a VPC, before those interfaces exist.",
    });
  }
}

/** The code of a function where its bundle is in the package: whoever installs that needs no bundler. */
function bundled(entry: string): Pick<NodejsFunctionProps, "code" | "handler"> {
  return { code: Code.fromAsset(pathTo(folderOfBundle(entry))), handler: "index.handler" };
}

/** The code of a function in a clone, bundled from its source while the stack is synthesised. */
function bundling(entry: string): NodejsFunctionProps {
  return {
    entry: pathTo(entry),
    handler: "handler",
    projectRoot: pathTo("."),
    depsLockFilePath: pathTo("package-lock.json"),
    bundling: {
      format: OutputFormat.ESM,
      target: "node24",
      mainFields: ["module", "main"],
      minify: true,
      // The AWS SDK is bundled too: the version that was tested runs, and only the few parts that are used are loaded.
      externalModules: [],
      banner: REQUIRE,
      logLevel: LogLevel.WARNING,
    },
  };
}
