import { rolesOfDiscovered } from "../functions/shared/discovered.ts";
import { ADMITTED } from "./admission.ts";
import { HUB_NAME } from "./hub-name.ts";
import { RELEASED } from "./released-parameters.ts";
import { spokeTemplate } from "./spoke.ts";

/** Terraform's syntax as JSON. Source: developer.hashicorp.com/terraform, "JSON Configuration Syntax" */
type Module = Record<string, unknown>;

interface Parameter {
  Description: string;
  Default?: string;
  AllowedPattern?: string;
  MinLength?: number;
  MaxLength?: number;
  NoEcho?: boolean;
}

const TERRAFORM = {
  required_version: ">= 1.5",
  required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.33" } },
};

/**
 * The template of a spoke for a whole account, with which the module for it deploys. CloudFormation answers `****` for a
 * parameter that is not to be echoed, which the AWS provider takes for its value: each plan would change it, and an apply for
 * another reason could write it. The external id is no secret, and stands in the roles' trust policies.
 */
export function accountTemplate(): string {
  const template = accountSpoke();
  const parameters = Object.entries(template.Parameters).map(([name, { NoEcho: _, ...rest }]) => [name, rest]);
  return JSON.stringify({ ...template, Parameters: Object.fromEntries(parameters) as object });
}

/** A module that deploys the spoke for a whole account by its template, with the template's parameters as variables. */
export function accountModule(): string {
  const parameters = Object.entries(accountSpoke().Parameters);
  return JSON.stringify({
    terraform: TERRAFORM,
    variable: Object.fromEntries(parameters.map(([name, parameter]) => [variableOf(name), variable(name, parameter)])),
    resource: {
      aws_cloudformation_stack: {
        spoke: {
          name: "eks-remediation-spoke",
          template_body: '${file("${path.module}/template.json")}',
          capabilities: ["CAPABILITY_NAMED_IAM"],
          parameters: Object.fromEntries(parameters.map(([name]) => [name, `\${var.${variableOf(name)}}`])),
        },
      },
    },
  } satisfies Module);
}

/**
 * A module that deploys a release of the hub by its template, which is too large to be anywhere but in a bucket. What a release
 * puts out depends on the settings that it was made with, so that all of it is one output.
 */
export function hubModule(): string {
  const { ClusterName, ...others } = RELEASED;
  const names = Object.keys(RELEASED);
  return JSON.stringify({
    terraform: TERRAFORM,
    variable: {
      template_url: {
        type: "string",
        description: "Where the release's template is, as an https address in its bucket.",
      },
      stack_name: { type: "string", description: "The name of the stack.", default: "eks-remediation" },
      cluster_name: variable("ClusterName", {
        Description: ClusterName.description,
        AllowedPattern: ClusterName.allowedPattern,
      }),
      ...Object.fromEntries(
        Object.entries(others).map(([name, { description, allowedPattern: AllowedPattern }]) => {
          const Description = `${description} Not given: as the release has it.`;
          return [variableOf(name), optional(name, { Description, AllowedPattern })];
        }),
      ),
    },
    resource: {
      aws_cloudformation_stack: {
        hub: {
          name: "${var.stack_name}",
          template_url: "${var.template_url}",
          capabilities: ["CAPABILITY_IAM"],
          parameters: `\${{ for name, value in { ${names.map((name) => `${name} = var.${variableOf(name)}`).join(", ")} } : name => value if value != null }}`,
        },
      },
    },
    output: {
      outputs: {
        description: "The outputs of the stack, by their names.",
        value: "${aws_cloudformation_stack.hub.outputs}",
      },
    },
  } satisfies Module);
}

/** A module that lets the roles of an account's spoke in on one cluster, each with the Kubernetes group of its function. */
export function clusterModule(): string {
  return JSON.stringify({
    terraform: TERRAFORM,
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

function accountSpoke(): { Parameters: Record<string, Parameter> } {
  return spokeTemplate("account") as { Parameters: Record<string, Parameter> };
}

/** `HubAccountId` as `hub_account_id`. */
function variableOf(parameter: string): string {
  return parameter.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** A parameter's variable, which refuses when it is planned what CloudFormation would refuse when it is applied. */
function variable(name: string, parameter: Parameter): object {
  const { Description, Default, NoEcho } = parameter;
  return {
    type: "string",
    description: Description,
    ...(Default === undefined ? {} : { default: Default }),
    ...(NoEcho === true ? { sensitive: true } : {}),
    ...validation(name, parameter),
  };
}

/** The variable of a parameter that is not handed on unless it is given. */
function optional(name: string, parameter: Parameter): object {
  const isMissing = `var.${variableOf(name)} == null || `;
  return {
    type: "string",
    description: parameter.Description,
    default: null,
    ...validation(name, parameter, isMissing),
  };
}

function validation(name: string, { AllowedPattern, MinLength, MaxLength }: Parameter, unless = ""): object {
  if (AllowedPattern === undefined) return {};
  const value = `var.${variableOf(name)}`;
  // A string of Terraform is escaped as one of JSON; parameters match as a whole.
  const matches = `can(regex(${JSON.stringify(`^(?:${AllowedPattern})$`)}, ${value}))`;
  const rules = [
    [matches, `match ${AllowedPattern}`],
    ...(MinLength === undefined ? [] : [[`length(${value}) >= ${MinLength}`, `have at least ${MinLength} characters`]]),
    ...(MaxLength === undefined ? [] : [[`length(${value}) <= ${MaxLength}`, `have at most ${MaxLength} characters`]]),
  ];
  return {
    validation: {
      condition: `\${${unless}${rules.map(([condition]) => condition).join(" && ")}}`,
      error_message: `${variableOf(name)} must ${rules.map(([, rule]) => rule).join(", ")}`,
    },
  };
}
