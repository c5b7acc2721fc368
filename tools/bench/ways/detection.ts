import { scan } from "../../../functions/scan/scan.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { asConnection, readConnection, report } from "./connection.ts";
import { OPTIONS } from "./scan-options.ts";

// The detection itself, as the scheduled run does it.
const { incidents, omitted, in_rollout, resting } = await scan(
  new HttpCluster(asConnection(readConnection())),
  OPTIONS,
);
report(undefined, { counted: incidents.length + omitted + in_rollout.length + resting.count });
