import { SYSTEM_NAMESPACES, type Policy } from "./policy.ts";

/** Why the policy keeps the workflow out of a namespace; undefined when it may act there. */
export function outOfScope(namespace: string, policy: Policy): string | undefined {
  const { allow, deny } = policy.namespaces;
  if (deny.includes(namespace)) return `the policy denies namespace ${namespace}`;
  if (allow !== undefined) {
    return allow.includes(namespace) ? undefined : `the policy allows only ${allow.join(", ") || "no namespace"}`;
  }
  return SYSTEM_NAMESPACES.includes(namespace)
    ? `${namespace} is a system namespace; name it under namespaces.allow in the policy to include it`
    : undefined;
}
