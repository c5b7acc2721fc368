import { scan } from "../../../functions/scan/scan.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { parsePolicy } from "../../../functions/shared/policy.ts";
import { asConnection, readConnection, report } from "./connection.ts";

// The detection itself, as the scheduled run does it.
const { failing_pods } = await scan(new HttpCluster(asConnection(readConnection())), {
  clusterName: "bench",
  namespace: undefined,
  dryRun: false,
  findingsOnly: false,
  policy: parsePolicy(undefined),
  now: new Date(),
});
report(failing_pods);
