import { rolesOfDiscovered } from "../functions/shared/discovered.ts";
import { ADMITTED } from "./admission.ts";
import { HUB_NAME } from "./hub-name.ts";
import { spokeTemplate } from "./spoke.ts";

/** Terraform's syntax as JSON. Source: developer.hashicorp.com/terraform, "JSON Configuration Syntax" */
type Module = Record<string, unknown>;

interface Parameter {
  Description: string;
  Default?: string;
  AllowedPattern?: string;
  NoEcho?: boolean;
}

const AWS = { source: "hashicorp/aws", version: ">= 5.33" };

/** The template of a spoke for a whole account, with which the module for it deploys. */
export function accountTemplate(): string {
  return JSON.stringify(spokeTemplate("account"));
}

/** A module that deploys the spoke for a whole account by its template, with the template's parameters as variables. */
export function accountModule(): string {
  const { Parameters } = spokeTemplate("account") as { Parameters: Record<string, Parameter> };
  const names = Object.keys(Parameters);
  return JSON.stringify({
    terraform: { required_version: ">= 1.5", required_providers: { aws: AWS } },
    variable: Object.fromEntries(
      names.map((name) => [variableOf(name), variable(name, Parameters[name] as Parameter)]),
    ),
    resource: {
      aws_cloudformation_stack: {
        spoke: {
          name: "eks-remediation-spoke",
          template_body: '${file("${path.module}/template.json")}',
          capabilities: ["CAPABILITY_NAMED_IAM"],
          parameters: Object.fromEntries(names.map((name) => [name, `\${var.${variableOf(name)}}`])),
        },
      },
    },
  } satisfies Module);
}

/** A module that lets the roles of an account's spoke in on one cluster, each with the Kubernetes group of its function. */
export function clusterModule(): string {
  return JSON.stringify({
    terraform: { required_version: ">= 1.5", required_providers: { aws: AWS } },
    variable: {
      cluster_name: { type: "string", description: "The EKS cluster, in the account and region of the provider." },
      roles: {
        type: "string",
        description: "How the names of the roles begin: the NamePrefix of the account's spoke.",
        default: rolesOfDiscovered(HUB_NAME),
      },
    },
    data: { aws_caller_identity: { current: {} }, aws_partition: { current: {} } },
    locals: { groups: Object.fromEntries(ADMITTED) },
    resource: {
      aws_eks_access_entry: {
        hub: {
          for_each: "${local.groups}",
          cluster_name: "${var.cluster_name}",
          principal_arn:
            "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/${var.roles}-${each.key}",
          kubernetes_groups: ["eks-remediation:${each.value}"],
        },
      },
    },
  } satisfies Module);
}

/** `HubAccountId` as `hub_account_id`. */
function variableOf(parameter: string): string {
  return parameter.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

function variable(name: string, { Description, Default, AllowedPattern, NoEcho }: Parameter): object {
  const value = `var.${variableOf(name)}`;
  return {
    type: "string",
    description: Description,
    ...(Default === undefined ? {} : { default: Default }),
    ...(NoEcho === true ? { sensitive: true } : {}),
    ...(AllowedPattern === undefined
      ? {}
      : {
          validation: {
            // A string of Terraform is escaped as one of JSON; Parameters match as a whole.
            condition: `\${can(regex(${JSON.stringify(`^(?:${AllowedPattern})$`)}, ${value}))}`,
            error_message: `${variableOf(name)} must match ${AllowedPattern}`,
          },
        }),
  };
}
