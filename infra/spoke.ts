import {
  App,
  Aws,
  CfnCondition,
  CfnParameter,
  DefaultStackSynthesizer,
  Fn,
  Stack,
  type IStackSynthesizer,
} from "aws-cdk-lib";
import { CfnRole, PolicyDocument } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { admit, ADMITTED, mayFind } from "./admission.ts";
import { HUB_NAME, pathOfRole } from "./hub-name.ts";

/** How long a role's name may be, without that of a function after it. */
const MAX_ROLES = 44;

/**
 * What a cluster needs in its own account to be looked after by a hub: for each of the hub's functions a role that lets only
 * that function in, finds only this cluster, and is mapped to the function's Kubernetes group. Nothing of it runs.
 */
export class SpokeStack extends Stack {
  private readonly parameters = {
    ClusterName: this.parameter("ClusterName", "The EKS cluster, in the account and region of this stack."),
    HubAccountId: this.parameter("HubAccountId", "The account of the hub.", { allowedPattern: "\\d{12}" }),
    HubName: this.parameter("HubName", "The hub's name: its setting namePrefix.", { default: HUB_NAME }),
    ExternalId: this.parameter("ExternalId", "The external id in the hub's list of clusters.", {
      allowedPattern: "[\\w+=,.@:/-]{2,1224}",
      noEcho: true,
    }),
    OrganizationId: this.parameter("OrganizationId", "The organisation that the hub is in; empty: not asked for.", {
      default: "",
      allowedPattern: "(o-[a-z0-9]{10,32})?",
    }),
    NamePrefix: this.parameter(
      "NamePrefix",
      "How the roles' names begin, with the hub's name first; the hub's list has it as roles. Empty: the hub's name, -, and the cluster's.",
      { default: "", allowedPattern: `[\\w+=,.@-]{0,${MAX_ROLES}}` },
    ),
  };

  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: "Lets a hub of eks-remediation look after one EKS cluster of this account",
      analyticsReporting: false,
      // No assets, so nothing has to be there before it.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
    });
    const hasPrefix = this.given("HasNamePrefix", this.parameters.NamePrefix);
    const hasOrganization = this.given("HasOrganization", this.parameters.OrganizationId);
    for (const [name, group] of ADMITTED) {
      const { ClusterName } = this.parameters;
      const role = new CfnRole(this, `${logicalId(name)}Role`, {
        roleName: Fn.conditionIf(
          hasPrefix.logicalId,
          Fn.sub(`\${NamePrefix}-${name}`),
          Fn.sub(`\${HubName}-\${ClusterName}-${name}`),
        ).toString(),
        description: `EKS remediation from a hub: ${name}`,
        assumeRolePolicyDocument: this.trustOf(name, hasOrganization),
        policies: [{ policyName: "cluster", policyDocument: this.policy() }],
      });
      admit(this, logicalId(name), { clusterName: ClusterName.valueAsString, principalArn: role.attrArn, group });
    }
  }

  /** Only the hub's function of that name, and only with the external id. */
  private trustOf(name: string, hasOrganization: CfnCondition): object {
    const { ExternalId, OrganizationId } = this.parameters;
    return {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { AWS: Fn.sub("arn:${AWS::Partition}:iam::${HubAccountId}:root") },
          Condition: {
            StringEquals: {
              "sts:ExternalId": ExternalId.valueAsString,
              "aws:PrincipalOrgID": Fn.conditionIf(
                hasOrganization.logicalId,
                OrganizationId.valueAsString,
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

  private policy(): PolicyDocument {
    const arn = this.formatArn({
      service: "eks",
      resource: "cluster",
      resourceName: this.parameters.ClusterName.valueAsString,
    });
    return new PolicyDocument({ statements: [mayFind(arn)] });
  }

  private parameter(
    name: string,
    description: string,
    options: { default?: string; allowedPattern?: string; noEcho?: boolean } = {},
  ): CfnParameter {
    return new CfnParameter(this, name, { type: "String", description, ...options });
  }

  private given(name: string, { valueAsString }: CfnParameter): CfnCondition {
    return new CfnCondition(this, name, { expression: Fn.conditionNot(Fn.conditionEquals(valueAsString, "")) });
  }
}

/** The template of a spoke, which deploys by itself: it needs no CDK, no bucket and no bootstrapped account. */
export function spokeTemplate(): object {
  const app = new App({ analyticsReporting: false });
  new SpokeStack(app, "Spoke");
  return app.synth().getStackByName("Spoke").template as object;
}

/** The spoke's template as it is handed over: CloudFormation takes up to 51,200 bytes of it without a bucket. */
export function spokeText(): string {
  return `${JSON.stringify(spokeTemplate(), undefined, 1)}\n`;
}

/** `rollback_deployment` as `RollbackDeployment`. */
function logicalId(name: string): string {
  return name
    .split(/[_-]/)
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join("");
}
