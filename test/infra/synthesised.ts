import { App, CfnElement } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import type { IConstruct } from "constructs";
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
}

/** The stack as it would be deployed, without its bundles. */
export class Synthesised {
  readonly template: Template;
  readonly stack: RemediationStack;

  /** @param context as given with `-c`, on top of `cdk.json` */
  constructor(context: Record<string, unknown> = {}) {
    const app = new App({
      context: { ...CDK_CONTEXT, "aws:cdk:bundling-stacks": [], ...context },
      // It takes seconds, as bundling does; `app.test.ts` runs both.
      builtinCloudFormationValidation: false,
      stackTraces: false,
    });
    this.stack = new RemediationStack(app, "EksRemediation", readSettings(app.node));
    this.template = Template.fromStack(this.stack);
  }

  /** The logical ID of the resource at a path of construct names. */
  id(...path: string[]): string {
    const construct = path.reduce<IConstruct>((parent, name) => parent.node.findChild(name), this.stack);
    const resource = construct.node.defaultChild ?? construct;
    if (!CfnElement.isCfnElement(resource)) throw new Error(`${path.join("/")} is not a resource.`);
    return this.stack.getLogicalId(resource);
  }

  /** The properties of the resource with that logical ID. */
  properties(id: string): Record<string, unknown> {
    const resources = this.template.toJSON()["Resources"] as Record<string, { Properties: Record<string, unknown> }>;
    return resources[id]?.Properties ?? {};
  }

  /** What the role with that logical ID may do; of every role, without one. */
  permissions(role?: string): Permission[] {
    return Object.values(this.template.findResources("AWS::IAM::Policy")).flatMap((policy) => {
      const { Roles, PolicyDocument } = (policy as PolicyResource).Properties;
      if (role !== undefined && !Roles.some(({ Ref }) => Ref === role)) return [];
      return PolicyDocument.Statement.flatMap(({ Action, Resource }) =>
        [Action]
          .flat()
          .flatMap((action) => [Resource].flat().map((resource) => ({ action, resource: text(resource) }))),
      );
    });
  }
}

interface PolicyResource {
  Properties: { Roles: { Ref: string }[]; PolicyDocument: { Statement: Statement[] } };
}

/** A value of a template as one would write it in `Fn::Sub`. */
export function text(value: unknown): string {
  if (typeof value === "string") return value;
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
