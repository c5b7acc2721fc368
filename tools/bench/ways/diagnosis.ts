import { readFileSync } from "node:fs";
import { diagnose } from "../../../functions/classify/handler.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { asConnection, readConnection, report } from "./connection.ts";
import { OPTIONS } from "./scan-options.ts";

// The diagnosis of one incident, as the step of the workflow draws it.
const incident = JSON.parse(readFileSync(process.argv[3] ?? "", "utf8")) as Incident;
const cluster = new HttpCluster(asConnection(readConnection()));
await diagnose({
  connect: () => Promise.resolve(cluster),
  policy: () => OPTIONS.policy,
  now: () => OPTIONS.now,
  measure: () => undefined,
})({
  cluster_name: OPTIONS.clusterName,
  dry_run: false,
  execution: { id: "arn:aws:states:eu-west-1:123456789012:execution:bench:1", name: "1" },
  incident,
});
report(undefined);
