import { isDeepStrictEqual } from "node:util";
import type { Revision } from "../../kinds/revisions/revision.ts";
import type { RevisionRef } from "../../shared/refs.ts";
import { moment } from "../../shared/text.ts";
import { deploymentOf, revisionsOf, type Application, type Deployed } from "../../facts/argo-cd-application.ts";
import type { Deployment } from "./contract.ts";

/** How much later than its sync a revision may be made, and by how much clocks may differ, in seconds. */
const LAG_SECONDS = 30;
const SKEW_SECONDS = 5;

/** What is deployed at present, and what was deployed before. */
export interface Deployments {
  from: Deployment;
  to: Deployment;
}

/**
 * The deployment of an Application in which a workload had the revision that it is to go back to: that before the present one,
 * where
 * - the present one made the workload's present revision;
 * - the other revision is not newer than the deployment, so that it came with it or with an earlier one, and no revision of
 *   another version was made since;
 * - both were deployed from the same source, so that what is different came from there.
 *
 * @returns why that cannot be told, in a sentence
 */
export function deploymentBefore(
  { status }: Application,
  revisions: readonly Revision[],
  before: RevisionRef,
  after: RevisionRef,
): Deployments | string {
  const history = (status?.history ?? []).toSorted((a, b) => a.id - b.id);
  const newest = history.at(-1);
  if (newest === undefined) return "Its history holds no deployment.";
  // What is synced again adds a deployment of the same.
  const other = history.findLastIndex((deployed) => !isSame(deployed, newest));
  const [target, present] = [history[other], history[other + 1]];
  if (target === undefined || present === undefined) {
    return "Its history holds no deployment before the present one.";
  }
  if (revisionsOf(target).some((revision) => revision === "")) {
    return `Deployment ${target.id} in its history names no revision.`;
  }
  if (!isSameSource(target, present)) {
    return `Its own source was changed with deployment ${present.id}, which no revision of that tells: change it back in the Application.`;
  }
  const bad = revisions.find(({ name }) => name === before.name);
  const good = revisions.find(({ name }) => name === after.name);
  if (bad === undefined || good === undefined) return "The revision that it had before is not known any more.";
  const made = bad.created.getTime();
  const [began, ended] = [timeOf(present.deployStartedAt ?? present.deployedAt), timeOf(present.deployedAt)];
  const replaced = timeOf(target.deployedAt);
  if (!(made >= began - SKEW_SECONDS * 1_000 && made <= ended + LAG_SECONDS * 1_000 && made > replaced)) {
    return `Revision ${bad.revision} of the workload was made at ${moment(bad.created)}, and so not with deployment ${present.id}, which ended at ${present.deployedAt}.`;
  }
  // One that was only started again is the same version, which came with the first of them.
  const first = Math.min(...revisions.filter(({ version }) => version === good.version).map(createdAt));
  if (first > replaced + LAG_SECONDS * 1_000) {
    return `Revision ${good.revision} of the workload was made after deployment ${target.id}, and so not by Argo CD: that deployment would bring another.`;
  }
  const between = revisions.find(
    (revision) => ![bad.version, good.version].includes(revision.version) && createdAt(revision) > first,
  );
  if (between !== undefined) {
    return `Revision ${between.revision} of the workload came after revision ${good.revision}: which deployment brings that back is not known.`;
  }
  return { from: deploymentOf(newest), to: deploymentOf(target) };
}

function isSame(a: Deployed, b: Deployed): boolean {
  return isDeepStrictEqual(revisionsOf(a), revisionsOf(b)) && isSameSource(a, b);
}

function isSameSource(a: Deployed, b: Deployed): boolean {
  return isDeepStrictEqual([a.source, a.sources], [b.source, b.sources]);
}

function createdAt({ created }: Revision): number {
  return created.getTime();
}

function timeOf(text: string): number {
  return Date.parse(text);
}
