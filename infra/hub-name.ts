/** What makes a deployment a hub. */
export interface HubOptions {
  /** The hub's name: a folder of its functions' roles, and how the names of the roles in other accounts begin. */
  name: string;
  /** The name of the parameter that holds the list of clusters. */
  parameter: string;
}

/** The hub's name where the names of its functions have no prefix. */
export const HUB_NAME = "eks-remediation";

/** The folder of a function's role in the hub's account, by which other accounts know it. */
export function pathOfRole(hub: string, functionName: string): string {
  return `/${hub}/${functionName}/`;
}
