import type { Revision } from "../kinds/revisions/revision.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import type { PodTemplate, StatefulSet } from "../shared/kubernetes/types.ts";
import type { Case } from "./case.ts";
import { readAbsent } from "./absent.ts";
import { readNeededBefore, readPullSecretsBefore } from "./config-objects.ts";
import type { Evidence } from "./evidence.ts";
import { readReleaseJobs } from "./release-jobs.ts";

type PodSpec = NonNullable<PodTemplate["spec"]>;

/**
 * The case with what tells whether pods of the revision to go back to could be started: whether the ConfigMaps and Secrets are
 * there that they need, what they are not made without, and which Jobs ran with the present one. No ConfigMap or Secret is asked for that the present pods need as well:
 * whether that is there shows in them. No
 * conclusion of the case is drawn from that, so that it need not be opened again.
 */
export async function withNeededBefore(cluster: Reader, facts: Case): Promise<Case> {
  const { evidence, policy } = facts;
  const present = evidence.workload?.spec?.template;
  const revision = revisionToReturnTo(facts);
  const earlier = revision === undefined ? undefined : facts.templates.get(revision.name);
  if (present === undefined || revision === undefined || earlier === undefined) return facts;
  const { namespace } = evidence.incident.workload;
  const { config_changes: allowed } = policy.evidence;
  const revisions = { present: facts.current, earlier: revision };
  const [objects, pullSecrets, absent, jobs] = await Promise.all([
    readNeededBefore(cluster, namespace, present, earlier, allowed),
    readPullSecretsBefore(cluster, namespace, present, earlier, allowed),
    readAbsent(cluster, namespace, earlier.spec === undefined ? [] : [withOwnClaims(evidence, earlier.spec)]),
    readReleaseJobs(cluster, namespace, evidence.workload, revisions),
  ]);
  const neededBefore = { revision: revision.name, objects, pullSecrets, absent };
  return {
    ...facts,
    evidence: { ...evidence, neededBefore: { ...neededBefore, ...(jobs.length === 0 ? {} : { jobs }) } },
  };
}

/**
 * What pods of a StatefulSet are made from: a claim of its own stands in the place of the volume of that name.
 * Source: kubernetes pkg/controller/statefulset/stateful_set_utils.go, updateStorage
 */
function withOwnClaims({ workload }: Evidence, { volumes = [], ...spec }: PodSpec): PodSpec {
  const { volumeClaimTemplates = [] } = (workload as StatefulSet | undefined)?.spec ?? {};
  const own = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name));
  return { ...spec, volumes: volumes.filter(({ name }) => !own.has(name)) };
}

/** The revision that somebody asks for, or the newest healthy one where anything fails. */
export function revisionToReturnTo({ evidence, revisions, healthy, failing, own }: Case): Revision | undefined {
  const { requested } = evidence.incident;
  if (requested === undefined) return failing.length + own.length === 0 ? undefined : healthy?.revision;
  if (requested.action !== "rollback") return undefined;
  const { revision: number } = requested;
  return number === undefined ? healthy?.revision : revisions.find(({ revision }) => revision === number);
}
