import {
  DescribeClusterCommand,
  EKSClient,
  ListTagsForResourceCommand,
  NotFoundException,
  paginateListAccessEntries,
  paginateListClusters,
  ResourceNotFoundException,
} from "@aws-sdk/client-eks";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import { arnOfCluster, roleIn, type DiscoveredSource } from "./fleet.ts";
import { sessionName } from "./session.ts";
import { spokeCredentials } from "./spoke-credentials.ts";
import type { Hub } from "../shared/hub.ts";

/** What EKS says of a cluster that decides whether it can be looked at. */
export interface ClusterState {
  hasEndpoint: boolean;
  takesAccessEntries: boolean;
  /** The ARNs of those that have an access entry. */
  admitted: string[];
}

/**
 * What a hub may ask the EKS of an account about. Each operation ends with an error where AWS refuses it, or answers what it
 * should not.
 */
export interface EksAccount {
  /** The names of all clusters, whatever their tags. */
  names: () => Promise<string[]>;
  /** The tags of a cluster; undefined where it is gone. */
  tags: (name: string) => Promise<Record<string, string> | undefined>;
  /** Undefined where it is gone. */
  state: (name: string) => Promise<ClusterState | undefined>;
}

/** Many more names than an account may have clusters in a region. Source: docs.aws.amazon.com/general, "Amazon EKS endpoints and quotas" */
const MOST_PAGES = 20;

/** The EKS of one account and region, by this function's role there. */
export function eksAccount(hub: Hub, source: DiscoveredSource): EksAccount {
  const { account, region, roles, externalId } = source;
  // What a refusal says of it.
  const who = {
    arn: arnOfCluster(hub, { name: "*", account, region }),
    roleArn: roleIn(hub, account, roles),
    region,
    externalId,
  };
  const client = new EKSClient({
    ...CLIENT_OPTIONS,
    region,
    credentials: spokeCredentials(who, sessionName()),
  });
  const arnOf = (name: string) => arnOfCluster(hub, { name, account, region });
  return {
    names: () => named(() => allOf(paginateListClusters({ client }, {}, inTime()), ({ clusters }) => clusters)),
    tags: (name) =>
      unlessGone(async () => {
        const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn: arnOf(name) }), inTime());
        return tags ?? {};
      }),
    state: (name) =>
      unlessGone(async () => {
        const { cluster } = await client.send(new DescribeClusterCommand({ name }), inTime());
        const hasEndpoint = cluster?.endpoint !== undefined && cluster.certificateAuthority?.data !== undefined;
        const takesAccessEntries = cluster?.accessConfig?.authenticationMode !== "CONFIG_MAP";
        if (!hasEndpoint || !takesAccessEntries) return { hasEndpoint, takesAccessEntries, admitted: [] };
        const pages = paginateListAccessEntries({ client }, { clusterName: name }, inTime());
        const admitted = await allOf(pages, ({ accessEntries }) => accessEntries);
        return { hasEndpoint, takesAccessEntries, admitted };
      }),
  };
}

/** All items of an answer in pages. One without a list says nothing, and is not one without items. */
async function allOf<Page>(pages: AsyncIterable<Page>, itemsOf: (page: Page) => string[] | undefined) {
  const found: string[] = [];
  let number = 0;
  for await (const page of pages) {
    const items = itemsOf(page);
    if (items === undefined) throw new Error("the answer has no list");
    if (++number > MOST_PAGES) throw new Error(`the answer has more than ${MOST_PAGES} pages`);
    found.push(...items);
  }
  return found;
}

async function unlessGone<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  return await named(async () => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ResourceNotFoundException || error instanceof NotFoundException) return undefined;
      throw error;
    }
  });
}

/** @throws RemediationError `ClusterNotPermitted`, `ClusterUnreachable` */
async function named<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (isRemediationError(error)) throw error;
    const { message, cause } = refusalOf(error);
    const denied = error instanceof Error && error.name.startsWith("AccessDenied");
    throw new RemediationError(denied ? "ClusterNotPermitted" : "ClusterUnreachable", message, { cause });
  }
}
