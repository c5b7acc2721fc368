import { MAX_BYTES } from "../../../functions/scan/answer.ts";
import { scan } from "../../../functions/scan/scan.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { keyOf } from "../population/truth.ts";
import { asConnection, readConnection, report } from "./connection.ts";
import { OPTIONS } from "./scan-options.ts";

// The same scan, whose answer leaves nothing out: it is not measured, and tells each workload by its name.
Object.assign(MAX_BYTES, { incidents: Infinity, rollouts: Infinity });
const { incidents, in_rollout, unseen } = await scan(new HttpCluster(asConnection(readConnection())), {
  ...OPTIONS,
  policy: { ...OPTIONS.policy, max_incidents: Infinity },
});
const blind = unseen.map(({ what, message }) => `Unseen/${what}: ${message}`);
report([...incidents.map(({ workload }) => keyOf(workload)), ...in_rollout.map(keyOf), ...blind]);
