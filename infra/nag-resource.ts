import type { Stack } from "aws-cdk-lib";

interface Intrinsic {
  Ref?: string;
  "Fn::GetAtt"?: [string, string];
  "Fn::Join"?: [string, unknown[]];
}

/** A resource as the ID of a cdk-nag finding writes it, with `<StateMachine1A2B.Name>` for an attribute. */
export function nagResource(stack: Stack, resource: string): string {
  return written(stack.resolve(resource));
}

function written(value: unknown): string {
  if (typeof value === "string") return value;
  const { Ref: reference, "Fn::GetAtt": attribute, "Fn::Join": join } = value as Intrinsic;
  if (join !== undefined) return join[1].map(written).join(join[0]);
  return `<${attribute === undefined ? (reference ?? "") : attribute.join(".")}>`;
}
