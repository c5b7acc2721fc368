import type { Place } from "../deployed/emulator/eks-clusters.ts";
import { PLACE } from "../deployed/emulator/emulator.ts";
import type { Site } from "../deployed/site.ts";

/** The account and region of the clusters that are not the hub's own. The account is one that AWS's own examples use. */
export const ELSEWHERE: Place = { account: "444455556666", region: "us-east-1" };

/** A cluster of another account and region, with a control plane. */
export const SHOP = { name: "shop", ...ELSEWHERE };
/** One whose API server nobody can reach. */
export const QUIET = { name: "quiet", ...ELSEWHERE };

/** What begins the names of the roles by which tagged clusters of that account are reached. */
export const DISCOVERED_ROLES = "eks-remediation-discovered";

export const EXTERNAL_ID = "fleet-4711";
export const PARAMETER = "/eks-remediation/fleet";

/** What the tests know beside what is known of every deployed stack. */
export interface FleetSite extends Site {
  /** The administrator's kubeconfig of the cluster `shop`, and what its API server answered. */
  shop: { kubeconfig: string; auditLog: string };
}

export { PLACE };

/** A cluster's ARN. */
export function arnOf({ name, account, region }: Place & { name: string }): string {
  return `arn:aws:eks:${region}:${account}:cluster/${name}`;
}

/** What makes a client one of the other account, in a region of it. */
export function asOther(): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: ELSEWHERE.account,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: ELSEWHERE.region,
    AWS_DEFAULT_REGION: ELSEWHERE.region,
  };
}
