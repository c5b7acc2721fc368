import { App, CfnElement, Stack, type Environment } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { IConstruct } from "constructs";
import { EksRemediation, type EksRemediationProps } from "../../infra/eks-remediation.ts";
import { readSettings } from "../../infra/settings.ts";
import { RemediationStack } from "../../infra/stack.ts";
import { CDK_CONTEXT } from "./cdk-context.ts";

/** One permission, with intrinsic functions written out: `${Logs1A2B.Arn}`. */
export interface Permission {
  action: string;
  resource: string;
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** The stack as it would be deployed, without its bundles. */
export class Synthesised {
  readonly template: Template;
  readonly stack: Stack;
  readonly remediation: EksRemediation;

  /** @param context as given with `-c`, on top of `cdk.json`; or the stack and its construct, made by hand */
  constructor(context: Record<string, unknown> | (() => { stack: Stack; remediation: EksRemediation }) = {}) {
    const { stack, remediation } = typeof context === "function" ? context() : stackOf(context);
    this.stack = stack;
    this.remediation = remediation;
    this.template = Template.fromStack(stack);
  }

  /** The construct in a stack of somebody else's, for cluster `prod`. */
  static with(propsIn: (stack: Stack) => Partial<EksRemediationProps>, env: Environment = {}): Synthesised {
    return new Synthesised(() => {
      const stack = new Stack(appWith({}), "Own", { env });
      return { stack, remediation: new EksRemediation(stack, "Mine", { clusterName: "prod", ...propsIn(stack) }) };
    });
  }

  /** The logical ID of the resource at a path of construct names inside the construct. */
  id(...path: string[]): string {
    const construct = path.reduce<IConstruct>((parent, name) => parent.node.findChild(name), this.remediation);
    const resource = construct.node.defaultChild ?? construct;
    if (!CfnElement.isCfnElement(resource)) throw new Error(`${path.join("/")} is not a resource.`);
    return this.stack.getLogicalId(resource);
  }

  /** The logical ID of a part of one of the functions. */
  functionId(name: string, part: "Function" | "Role" | "Logs" = "Function"): string {
    if (name === "agent") return this.id("Agent", part);
    if (name === "rounds") return this.id("Rounds", part);
    if (name === "fleet") return this.id("FleetWatch", part);
    if (name === "discover") return this.id("Discovery", part);
    if (name === "patrol") return this.id("Patrol", part);
    return name === "decide" ? this.id("ApprovalLinks", "decide", part) : this.id("Functions", name, part);
  }

  /** The properties of the resource with that logical ID. */
  properties(id: string): Record<string, unknown> {
    const resources = this.template.toJSON()["Resources"] as Record<string, { Properties: Record<string, unknown> }>;
    return resources[id]?.Properties ?? {};
  }

  /** The properties of every resource of a type. */
  all(type: string): Record<string, unknown>[] {
    return Object.values(this.template.findResources(type)).map(
      (resource) => (resource as { Properties: Record<string, unknown> }).Properties,
    );
  }

  /** What the role with that logical ID may do; of every role, without one. */
  permissions(role?: string): Permission[] {
    return this.statements(role).flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource: text(resource) }))),
    );
  }

  /** The statements of the policies of the role with that logical ID; of every role, without one. */
  statements(role?: string): Statement[] {
    return this.all("AWS::IAM::Policy").flatMap((policy) => {
      const { Roles, PolicyDocument } = policy as unknown as PolicyProperties;
      return role !== undefined && !Roles.some(({ Ref }) => Ref === role) ? [] : PolicyDocument.Statement;
    });
  }
}

interface PolicyProperties {
  Roles: { Ref: string }[];
  PolicyDocument: { Statement: Statement[] };
}

function stackOf(context: Record<string, unknown>): { stack: Stack; remediation: EksRemediation } {
  const app = appWith(context);
  const stack = new RemediationStack(app, "EksRemediation", readSettings(app.node));
  return { stack, remediation: stack.remediation };
}

function appWith(context: Record<string, unknown>): App {
  return new App({
    context: { ...CDK_CONTEXT, "aws:cdk:bundling-stacks": [], ...context },
    // It takes seconds, as bundling does; `app.test.ts` runs both.
    builtinCloudFormationValidation: false,
    stackTraces: false,
  });
}

/** A value of a template as one would write it in `Fn::Sub`. */
export function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(text).join();
  const {
    Ref,
    "Fn::GetAtt": attribute,
    "Fn::Join": join,
  } = value as {
    Ref?: string;
    "Fn::GetAtt"?: string[];
    "Fn::Join"?: [string, unknown[]];
  };
  if (Ref !== undefined) return `\${${Ref}}`;
  if (attribute !== undefined) return `\${${attribute.join(".")}}`;
  if (join !== undefined) return join[1].map(text).join(join[0]);
  throw new Error(`Cannot be written as text: ${JSON.stringify(value)}`);
}
