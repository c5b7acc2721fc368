import { shownCluster } from "../../shared/cluster-name.ts";
import { TAG, type Waits } from "../../shared/discovered.ts";
import { count, moment, some } from "../../shared/text.ts";
import type { DiscoveryDocument } from "./document.ts";

/** A cluster that waits. */
type Waiting = Omit<DiscoveryDocument["waiting"][number], "commands">;

/** How many functions a sentence names. */
const NAMED = 30;
/** How many clusters and accounts a message tells of, each with its commands. */
const TOLD = 20;

/** Why a cluster that has the tag is not looked at yet. */
export function waitsWords(waits: Waits): string {
  switch (waits.for) {
    case "endpoint":
      return "it has no API server yet";
    case "authentication mode":
      return "its authentication mode is CONFIG_MAP, so that it takes no access entries";
    case "access entries": {
      const names = some(
        waits.functions.map(({ name }) => name),
        NAMED,
      );
      return `it has no access entry for the roles of ${names}`;
    }
  }
}

/** What mends it, for a shell with credentials of the cluster's account. */
export function commandsFor({ name, region, roles, waits }: Waiting): string[] {
  switch (waits.for) {
    case "endpoint":
      return [];
    case "authentication mode":
      return [
        `aws eks update-cluster-config --region ${region} --name ${name} --access-config authenticationMode=API_AND_CONFIG_MAP`,
      ];
    case "access entries": {
      const pairs = waits.functions.map(({ name: each, group }) => `${each}:${group}`).join(" ");
      const role = `"${roles}-\${entry%%:*}"`;
      const group = '"eks-remediation:${entry#*:}"';
      return [
        `for entry in ${pairs}; do aws eks create-access-entry --region ${region} --cluster-name ${name} --principal-arn ${role} --kubernetes-groups ${group}; done`,
      ];
    }
  }
}

export function discoveryTitle({ waiting, failed, left_out: left, more }: DiscoveryDocument): string {
  if (waiting.length > 0)
    return `${count(waiting.length + (more?.waiting ?? 0), "tagged cluster")} cannot be looked at yet`;
  if (failed.length > 0) return "Clusters cannot be discovered";
  return `More clusters are tagged than are looked at: ${left.length === 1 ? "in one account" : "in several accounts"}`;
}

/** What the message says. */
export function discoveryLines({ waiting, failed, left_out: left, more: unnamed }: DiscoveryDocument): string[] {
  const untold = [waiting, failed].map(({ length }) => Math.max(0, length - TOLD));
  const more = [...untold, unnamed?.waiting ?? 0, unnamed?.failed ?? 0].reduce((sum, number) => sum + number, 0);
  return [
    ...waiting
      .slice(0, TOLD)
      .flatMap((cluster) => [
        `Cluster ${nameOf(cluster)} has the tag ${TAG}, and is not looked at: ${waitsWords(cluster.waits)}.`,
        ...cluster.commands.map((command) => `To mend that: ${command}`),
      ]),
    ...(waiting.length === 0
      ? []
      : [
          "What its groups may do on a cluster, the manifest infra/rbac.yaml says: apply it there. A cluster is looked at within some ten minutes after it lets the roles in.",
        ]),
    ...failed
      .slice(0, TOLD)
      .map(
        ({ account, region, why, since, kept }) =>
          `Which clusters of account ${account} in ${region} have the tag cannot be known in full since ${moment(new Date(since))}: ${why}. ${kept === 0 ? "No cluster" : count(kept, "cluster")} there ${kept > 1 ? "are" : "is"} looked after by ${kept > 1 ? "their" : "its"} tag, as far as that is known.`,
      ),
    ...left.map(
      ({ account, region, number }) =>
        `In account ${account} in ${region}, ${count(number, "cluster")} more ${number === 1 ? "has" : "have"} the tag than are looked at. Have them in the list, or in another hub.`,
    ),
    ...(more === 0 ? [] : [`and ${more} more, which the command fleet has.`]),
  ];
}

function nameOf({ name, account, region }: { name: string; account: string; region: string }): string {
  return shownCluster(`arn:aws:eks:${region}:${account}:cluster/${name}`);
}
