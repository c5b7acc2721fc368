import type { Scan } from "../../../functions/scan/sights.ts";
import { parsePolicy } from "../../../functions/shared/policy.ts";

const policy = parsePolicy(undefined);

/** The default policy, without storms: what many failures of the bench have in common is no cause. */
export const OPTIONS: Scan = {
  clusterName: "bench",
  namespace: undefined,
  dryRun: false,
  findingsOnly: false,
  policy: { ...policy, storm: { ...policy.storm, min_workloads: 1_000_000, min_pods_on_node: 1_000_000 } },
  now: new Date(),
};
