import * as z from "zod";
import { clustersOf, hubOf, roleStart, sourcesOf } from "../../lambda/fleet.ts";
import { keptDiscovered } from "../../lambda/discovered.ts";
import { eksAccount } from "../../lambda/eks-account.ts";
import { observed } from "../../lambda/lambda.ts";
import { clusterOfArn } from "../../shared/cluster-name.ts";
import { Admission, sourceName } from "../../shared/discovered.ts";
import { Hub } from "../../shared/hub.ts";
import { keepDiscovered } from "../record/discovered.ts";
import { isForChat, publish } from "../sns.ts";
import { discovery } from "./discovery.ts";

/** Discovers the clusters of the hub in `EKS_HUB` that the functions in `ADMITTED` look after, and keeps them in `RECORD_TABLE`. */
export const handler = observed(async () => {
  const hub = Hub.parse(hubOf());
  const sources = new Map((await sourcesOf(hub)).map((source) => [sourceName(source), source]));
  return await discovery({
    hub: hub.own,
    now: () => new Date(),
    functions: z.array(Admission).parse(JSON.parse(process.env["ADMITTED"] ?? "")),
    async places() {
      const listed = [hub.own, ...(await clustersOf(hub)).map(({ arn }) => arn)].flatMap(
        (arn) => clusterOfArn(arn) ?? [],
      );
      const byPlace = Map.groupBy(listed, sourceName);
      return [...sources].map(([name, { account, region, tag, roles }]) => ({
        ...{ account, region, tag, roles: roleStart(hub, account, roles) },
        listed: new Set(byPlace.get(name)?.map((cluster) => cluster.name)),
      }));
    },
    account(place) {
      const source = sources.get(sourceName(place));
      if (source === undefined) throw new Error(`${sourceName(place)} is no place of the list.`);
      return eksAccount(hub, source);
    },
    kept: keptDiscovered,
    keep: keepDiscovered,
    isForChat: isForChat(),
    publish,
  });
});
