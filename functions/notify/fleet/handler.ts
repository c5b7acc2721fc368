import { discoveredOf } from "../../lambda/discovered.ts";
import { clustersOf, hubOf } from "../../lambda/fleet.ts";
import { observed } from "../../lambda/lambda.ts";
import { clusterOfArn } from "../../shared/cluster-name.ts";
import { Hub } from "../../shared/hub.ts";
import { parsePolicy } from "../../shared/policy.ts";
import { keepStorm, keptLooks, keptStorms } from "../record/fleet.ts";
import { isForChat, publish } from "../sns.ts";
import { watchFleet } from "./watch.ts";

/** Looks each minute whether clusters of the hub in `EKS_HUB` fail alike, by the looks in `RECORD_TABLE`. */
export const handler = observed(async () => {
  const hub = Hub.parse(hubOf());
  return await watchFleet({
    hub: hub.own,
    now: () => new Date(),
    policy: () => parsePolicy(process.env["REMEDIATION_POLICY"]),
    async clusters() {
      const others = [...(await clustersOf(hub)), ...(await discoveredOf(hub))];
      return [clusterOfArn(hub.own)?.name ?? hub.own, ...others.map(({ arn }) => arn)];
    },
    looks: keptLooks,
    storms: keptStorms,
    keep: keepStorm,
    isForChat: isForChat(),
    publish,
  });
});
