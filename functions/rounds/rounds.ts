import { createHash } from "node:crypto";
import * as z from "zod";
import type { ScanRequest } from "../run/request.ts";
import { contract } from "../run/step.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import { count, some } from "../shared/text.ts";

/** What the hub's schedule sends each minute: the event's ID, and the moment that it is for. */
const RoundsInput = z.strictObject({ id: z.string().regex(/^[\w-]{1,40}$/), time: z.iso.datetime() });

/** How a round went. */
export interface RoundsAnswer {
  /** How many clusters the list has, and were discovered. */
  clusters: number;
  /** How many of them were due, and are looked at. */
  looked: number;
}

/** A cluster that a hub looks after beside its own. */
export interface ListedCluster {
  arn: string;
  /** The pause between looks; undefined where it is looked at only when something asks for it. */
  everyMinutes: number | undefined;
}

/** What a round may use. */
export interface RoundsEnvironment {
  /** The clusters of the list. @throws RemediationError `FleetUnreadable` */
  clusters: () => Promise<readonly ListedCluster[]>;
  /** Those that were discovered beside them. @throws RemediationError `FleetUnreadable` */
  discovered: () => Promise<readonly ListedCluster[]>;
  /** Has a cluster looked at, and waits for nothing. @throws RemediationError `WorkflowNotStarted` */
  look: (input: ScanRequest & { id: string }) => Promise<void>;
  /** Comes back when a second has passed since it was called before. */
  nextSecond: () => Promise<void>;
}

/**
 * How many looks begin in a second, unless these are too few for all: each makes up to four requests for parameters, which Systems
 * Manager lets an account do 40 times a second. Source: docs.aws.amazon.com/general, "AWS Systems Manager endpoints and quotas"
 */
const PER_SECOND = 8;
/** Within how many seconds all of them begin. */
const WITHIN_SECONDS = 40;
const MINUTE_MS = 60_000;
/** How many digits of a hash tell one cluster's look from another's. */
const HASH_DIGITS = 12;
/** How many clusters an error names. */
const NAMED = 5;

/**
 * Has those clusters of the hub looked at that are due: each by an invocation of its own, so that none waits for another. Those of
 * the list do not depend on whether it can be known which were discovered.
 * @throws RemediationError `InvalidStepInput`, `FleetUnreadable`; `WorkflowNotStarted`, naming those that could not be looked at,
 *   when the others are
 */
export async function rounds(event: unknown, environment: RoundsEnvironment): Promise<RoundsAnswer> {
  const { id, time } = contract(RoundsInput)(event);
  const { found, unread } = await discoveredIn(environment);
  const listed = [...(await environment.clusters()), ...found];
  const due = listed.filter((cluster) => isDue(cluster, new Date(time))).map(({ arn }) => arn);
  const perSecond = Math.max(PER_SECOND, Math.ceil(due.length / WITHIN_SECONDS));
  const failed: { arn: string; error: Error }[] = [];
  for (let begun = 0; begun < due.length; begun += perSecond) {
    await environment.nextSecond();
    const some = due.slice(begun, begun + perSecond);
    failed.push(...(await Promise.all(some.map((arn) => look(arn, id, environment)))).flat());
  }
  const [first] = failed;
  if (first !== undefined)
    throw notLookedAt(
      failed.map(({ arn }) => arn),
      due.length,
      first.error,
    );
  if (unread !== undefined) throw unread;
  return { clusters: listed.length, looked: due.length };
}

async function discoveredIn({
  discovered,
}: RoundsEnvironment): Promise<{ found: readonly ListedCluster[]; unread?: Error }> {
  try {
    return { found: await discovered() };
  } catch (error) {
    if (!isRemediationError(error, "FleetUnreadable")) throw error;
    return { found: [], unread: error };
  }
}

async function look(arn: string, id: string, environment: RoundsEnvironment): Promise<{ arn: string; error: Error }[]> {
  try {
    const name = `${id}-${hashOf(arn).slice(0, HASH_DIGITS)}`;
    await environment.look({ id: name, cluster_name: arn, origin: "schedule" });
    return [];
  } catch (error) {
    if (!isRemediationError(error, "WorkflowNotStarted")) throw error;
    return [{ arn, error }];
  }
}

function notLookedAt(failed: string[], due: number, cause: Error): RemediationError {
  const which = `${failed.length} of ${count(due, "cluster")} that were due could not be looked at`;
  return new RemediationError("WorkflowNotStarted", `${which} (${some(failed, NAMED)}): ${cause.message}`, { cause });
}

/**
 * Whether a cluster is looked at in the minute of that moment. Which of its minutes that is follows from its ARN, so that many
 * clusters are spread over all minutes, and each has the same pause between its looks.
 */
export function isDue({ arn, everyMinutes }: ListedCluster, moment: Date): boolean {
  if (everyMinutes === undefined) return false;
  const minute = Math.floor(moment.getTime() / MINUTE_MS);
  return (minute + Number.parseInt(hashOf(arn).slice(0, 8), 16)) % everyMinutes === 0;
}

function hashOf(arn: string): string {
  return createHash("sha256").update(arn).digest("hex");
}
