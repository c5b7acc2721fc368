import { narrowed, type PolicyInForce } from "../shared/settings-here.ts";
import type { Environment } from "./step.ts";

/**
 * The policy in force on a cluster: as it is deployed, with what is set at run time.
 * @param clusterName as all steps after the first know it
 * @throws RemediationError `InvalidPolicy`
 */
export async function policyFor(environment: Environment, clusterName: string): Promise<PolicyInForce> {
  const policy = environment.policy();
  const settings = await environment.settings?.(clusterName);
  if (settings?.stopped !== undefined) environment.measure(clusterName, [{ name: "Stopped", value: 1 }]);
  if (settings?.unreadable !== undefined) environment.measure(clusterName, [{ name: "SettingsUnreadable", value: 1 }]);
  return narrowed(policy, settings);
}
