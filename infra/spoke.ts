import {
  App,
  Aws,
  CfnCondition,
  CfnParameter,
  type CfnParameterProps,
  DefaultStackSynthesizer,
  Fn,
  Stack,
  type IStackSynthesizer,
} from "aws-cdk-lib";
import { CfnRole, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { LEAVING, rolesOfDiscovered, TAG } from "../functions/shared/discovered.ts";
import { admit, ADMITTED, mayFind } from "./admission.ts";
import { DISCOVER } from "./discovery.ts";
import { HUB_NAME, pathOfRole } from "./hub-name.ts";

/** How long a role's name may be, without that of a function after it. */
const MAX_ROLES = 44;

/** The parameters that every spoke has. */
const COMMON = {
  HubAccountId: { description: "The account of the hub.", allowedPattern: "\\d{12}" },
  HubName: { description: "The hub's name: its setting namePrefix.", default: HUB_NAME },
  ExternalId: {
    description: "The external id in the hub's list of clusters.",
    // Its length apart: RE2, which Terraform matches with, counts no further than to 1,000.
    allowedPattern: "[\\w+=,.@:/-]*",
    minLength: 2,
    maxLength: 1_224,
    noEcho: true,
  },
  OrganizationId: {
    description: "The organisation that the hub is in; empty: not asked for.",
    default: "",
    allowedPattern: "(o-[a-z0-9]{10,32})?",
  },
} satisfies Record<string, CfnParameterProps>;

/** How the names of a spoke's roles may begin. */
function namePrefix(otherwise: string): CfnParameterProps {
  return {
    description: `How the roles' names begin, with the hub's name first; the hub's list has it as roles. Empty: ${otherwise}.`,
    default: "",
    allowedPattern: `[\\w+=,.@-]{0,${MAX_ROLES}}`,
  };
}

/** Roles in another account that let functions of a hub in, and nothing that runs. */
abstract class Spoke extends Stack {
  readonly #hasPrefix: CfnCondition;
  readonly #hasOrganization: CfnCondition;

  constructor(scope: Construct, id: string, description: string, parameters: Record<string, CfnParameterProps>) {
    super(scope, id, {
      description,
      analyticsReporting: false,
      // No assets, so nothing has to be there before it.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
    });
    for (const [name, props] of Object.entries({ ...parameters, ...COMMON }))
      new CfnParameter(this, name, { type: "String", ...props });
    this.#hasPrefix = this.given("HasNamePrefix", "NamePrefix");
    this.#hasOrganization = this.given("HasOrganization", "OrganizationId");
  }

  /**
   * The role of one function of the hub.
   * @param named how its name begins where no prefix is given, as `Fn::Sub` takes it
   */
  protected role(name: string, named: string, statements: readonly PolicyStatement[]): CfnRole {
    const policyDocument = new PolicyDocument({ statements: [...statements] });
    return new CfnRole(this, `${logicalId(name)}Role`, {
      roleName: Fn.conditionIf(
        this.#hasPrefix.logicalId,
        Fn.sub(`\${NamePrefix}-${name}`),
        Fn.sub(`${named}-${name}`),
      ).toString(),
      description: `EKS remediation from a hub: ${name}`,
      assumeRolePolicyDocument: this.trustOf(name),
      policies: [{ policyName: "cluster", policyDocument }],
    });
  }

  /** Only the hub's function of that name, and only with the external id. */
  private trustOf(name: string): object {
    return {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { AWS: Fn.sub("arn:${AWS::Partition}:iam::${HubAccountId}:root") },
          Condition: {
            StringEquals: {
              "sts:ExternalId": Fn.ref("ExternalId"),
              "aws:PrincipalOrgID": Fn.conditionIf(
                this.#hasOrganization.logicalId,
                Fn.ref("OrganizationId"),
                Aws.NO_VALUE,
              ),
            },
            ArnLike: {
              "aws:PrincipalArn": Fn.sub(
                `arn:\${AWS::Partition}:iam::\${HubAccountId}:role${pathOfRole("${HubName}", name)}*`,
              ),
            },
          },
        },
      ],
    };
  }

  private given(id: string, parameter: string): CfnCondition {
    return new CfnCondition(this, id, { expression: Fn.conditionNot(Fn.conditionEquals(Fn.ref(parameter), "")) });
  }
}

/**
 * What a cluster needs in its own account to be looked after by a hub: for each of the hub's functions a role that lets only
 * that function in, finds only this cluster, and is mapped to the function's Kubernetes group. Nothing of it runs.
 */
export class SpokeStack extends Spoke {
  constructor(scope: Construct, id: string) {
    super(scope, id, "Lets a hub of eks-remediation look after one EKS cluster of this account", {
      ClusterName: { description: "The EKS cluster, in the account and region of this stack." },
      NamePrefix: namePrefix("the hub's name, -, and the cluster's"),
    });
    const clusterName = Fn.ref("ClusterName");
    const arn = this.formatArn({ service: "eks", resource: "cluster", resourceName: clusterName });
    for (const [name, group] of ADMITTED) {
      const role = this.role(name, "${HubName}-${ClusterName}", [mayFind(arn)]);
      admit(this, logicalId(name), { clusterName, principalArn: role.attrArn, group });
    }
  }
}

/**
 * What an account needs for a hub to discover its clusters by their tag, in all regions: the same roles, which find tagged
 * clusters alone, and one that reads the names and tags of all. No role reaches a cluster that has no access entry for it, and
 * those are each cluster's own.
 */
export class AccountSpokeStack extends Spoke {
  constructor(scope: Construct, id: string) {
    super(scope, id, "Lets a hub of eks-remediation look after the EKS clusters of this account that have its tag", {
      TagValue: {
        description: `The value of the tag ${TAG} that a cluster has to have; the hub's list has it as tag.`,
        default: "on",
        allowedPattern: "[\\w .:/=+@-]{1,256}",
      },
      NamePrefix: namePrefix("the hub's name and -discovered"),
    });
    const arn = this.formatArn({ service: "eks", region: "*", resource: "cluster", resourceName: "*" });
    const tagged = { StringEquals: { [`aws:ResourceTag/${TAG}`]: [Fn.ref("TagValue"), LEAVING] } };
    const findTagged = (actions: string[]) => new PolicyStatement({ actions, resources: [arn], conditions: tagged });
    const named = rolesOfDiscovered("${HubName}");
    for (const [name] of ADMITTED) this.role(name, named, [findTagged(["eks:DescribeCluster"])]);
    this.role(DISCOVER, named, [
      // It knows no resources. Source: the service authorization reference, Amazon Elastic Kubernetes Service
      new PolicyStatement({ actions: ["eks:ListClusters"], resources: ["*"] }),
      new PolicyStatement({ actions: ["eks:ListTagsForResource"], resources: [arn] }),
      findTagged(["eks:DescribeCluster", "eks:ListAccessEntries"]),
    ]);
  }
}

/** The template of a spoke, which deploys by itself: it needs no CDK, no bucket and no bootstrapped account. */
export function spokeTemplate(of: "account" | "cluster" = "cluster"): object {
  const app = new App({ analyticsReporting: false });
  const Template = of === "account" ? AccountSpokeStack : SpokeStack;
  new Template(app, "Spoke");
  return app.synth().getStackByName("Spoke").template as object;
}

/** The spoke's template as it is handed over: CloudFormation takes up to 51,200 bytes of it without a bucket. */
export function spokeText(of: "account" | "cluster" = "cluster"): string {
  return `${JSON.stringify(spokeTemplate(of), undefined, 1)}\n`;
}

/** `rollback_deployment` as `RollbackDeployment`. */
function logicalId(name: string): string {
  return name
    .split(/[_-]/)
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join("");
}
