import type { Case } from "../facts/case.ts";
import { firstFailed } from "../facts/first-failed.ts";
import { HANDOVER_SECONDS } from "../facts/served.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Revision } from "../kinds/revisions/revision.ts";
import { lastWriter } from "../shared/kubernetes/managed-fields.ts";
import type { Deployment, Workload } from "../shared/kubernetes/types.ts";
import type { RevisionRef } from "../shared/refs.ts";
import { count, duration, moment } from "../shared/text.ts";

/** How long a pod may take to go when nothing in its spec says so, in seconds. */
const DEFAULT_GRACE_SECONDS = 30;

const LOOK = "Look at what it depends on (a database, another service, its configuration).";

/**
 * That a revision which is not the present one was well for long, and then failed of itself, in sentences: that one's template
 * did not bring it, nor did that of the present revision alone, and nothing says that an older one is any better.
 */
export function failedOfItself(facts: Case, to: RevisionRef): string | undefined {
  const { revisions, current } = facts;
  const last = revisions.findIndex(({ name }) => name === to.name);
  if (current === undefined || last === -1) return undefined;
  const others = revisions.slice(0, last + 1).filter((revision) => revision !== current);
  const notAlone = `what fails is not the template of revision ${current.revision} alone. ${LOOK}`;
  for (const revision of others) {
    const why = byItsPods(facts, revision) ?? byStatus(facts, revision);
    if (why !== undefined) return `Not rolled back: ${why}, so that ${notAlone}`;
  }
  return undefined;
}

/** Most of the pods that are left of it fail, and did not for long. */
function byItsPods({ evidence, failing, standings, policy }: Case, { name, revision }: Revision): string | undefined {
  const history = kindOf(evidence.incident.workload)?.history;
  const afterSeconds = failing
    .filter(({ pod }) => history?.isMadeFrom(pod, name) === true)
    // What befalls a whole pod, as with its node, is not of what runs in it.
    .filter(({ failures }) => failures.every(({ container }) => container !== undefined))
    .map(
      (pod) => ((firstFailed(pod)?.getTime() ?? NaN) - Date.parse(pod.pod.metadata?.creationTimestamp ?? "")) / 1_000,
    )
    .filter((seconds) => seconds >= policy.stable_seconds);
  const { ready = 0 } = standings.get(name) ?? {};
  if (afterSeconds.length <= ready) return undefined;
  const [pods, they, fail] =
    afterSeconds.length === 1 ? ["1 pod", "it", "fails"] : [count(afterSeconds.length, "pod"), "they", "fail"];
  return `${pods} of revision ${revision} ${fail} as well, and began to no sooner than about ${duration(Math.min(...afterSeconds))} after ${they} ${they === "it" ? "was" : "were"} made`;
}

/** The workload became unavailable while it was in place, well before the next one came, and none of its pods is ready. */
function byStatus(facts: Case, revision: Revision): string | undefined {
  const { evidence, revisions, current, standings, templates, policy } = facts;
  const { workload, incident } = evidence;
  const since = workload === undefined ? undefined : kindOf(incident.workload)?.unavailableSince?.(workload)?.getTime();
  const [number, ...later] = revision.numbers;
  const next = revisions.find(({ numbers }) => numbers[0] !== undefined && numbers[0] === (number ?? NaN) + 1);
  if (since === undefined || next === undefined || later.length > 0) return undefined;
  if ((standings.get(revision.name)?.ready ?? 0) > 0) return undefined;
  const grace = templates.get(revision.name)?.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  const handover = HANDOVER_SECONDS - DEFAULT_GRACE_SECONDS + Math.max(grace, DEFAULT_GRACE_SECONDS);
  const inPlace = (since - revision.created.getTime()) / 1_000;
  const before = (next.created.getTime() - since) / 1_000;
  if (inPlace < policy.stable_seconds || before <= handover) return undefined;
  if (next === current && isBegunByRollout(workload, since)) return undefined;
  return `it has been unavailable since ${moment(new Date(since))}, about ${duration(before)} before revision ${next.revision} was made and when revision ${revision.revision} had been in place for ${duration(inPlace)}`;
}

/**
 * Whether the old pods were taken away for the rollout, however long they took to go: with `Recreate` its revision is made when they
 * are gone, and its template was written just before the workload became unavailable.
 * Source: kubernetes pkg/controller/deployment/recreate.go
 */
function isBegunByRollout(workload: Workload | undefined, since: number): boolean {
  if ((workload as Deployment | undefined)?.spec?.strategy?.type !== "Recreate") return false;
  const written = lastWriter(workload?.metadata, ["spec", "template"])?.at.getTime() ?? NaN;
  return Math.abs(since - written) <= HANDOVER_SECONDS * 1_000;
}
