import type { Reader } from "../shared/cluster/cluster.ts";
import { isRemediationError } from "../shared/errors.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import { pathOf, type KubernetesObject, type ObjectRef, type ReadObject } from "../shared/object-ref.ts";
import type { Case } from "./case.ts";
import { coveredRef } from "./helm-objects.ts";
import type { HelmRelease, HelmRevision } from "./helm-release.ts";
import { releaseSecretName } from "./helm-secret.ts";
import { revisionWith } from "./helm-rollback.ts";
import { revisionToReturnTo } from "./needed-before.ts";

type ReadRelease = Extract<HelmRelease, { state: "read" }>;

/** The kinds of which more than the metadata is read: how many pods they are to have. */
const WHOLE: readonly string[] = ["DaemonSet", "Deployment", "StatefulSet"];

/**
 * The case with the objects of the Helm release that may be rolled back, as they are on the cluster: Helm goes over each of
 * them. Nothing is read where there is no revision to go back to. What is not there, or may not be read, is left out.
 */
export async function withReleaseObjects(cluster: Reader, facts: Case): Promise<Case> {
  const { evidence } = facts;
  const { helm: release, incident } = evidence;
  if (release?.state !== "read") return facts;
  const { requested } = incident;
  const undone =
    requested?.action === "undo" && requested.change.kind === "helm-rollback" ? requested.change : undefined;
  const target =
    undone === undefined
      ? revisionToGoTo(release, facts)
      : release.earlier.find(({ revision }) => revision === undone.from.revision);
  if (target === undefined) return facts;
  const { name, namespace, present } = release;
  const held = new Map([...present.objects, ...target.objects]);
  const newest = releaseSecretName(name, present.revision);
  const refs: ObjectRef[] = [
    ...[...held.values()].flatMap((object) => coveredRef(object) ?? []).filter((ref) => ref.namespace === namespace),
    { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace, name: newest },
  ];
  // How the newest revision came about says whether it is the one that is to be undone.
  const isWhole = (ref: ObjectRef) =>
    WHOLE.includes(ref.kind) || (undone !== undefined && ref.kind === "Secret" && ref.name === newest);
  const read = await Promise.all(refs.map((ref) => readIfPossible(cluster, ref, isWhole(ref))));
  return { ...facts, evidence: { ...evidence, others: [...evidence.others, ...read.flat()] } };
}

/** The newest revision of the release with the template of the workload's that is to come back. */
function revisionToGoTo(release: ReadRelease, facts: Case): HelmRevision | undefined {
  const revision = revisionToReturnTo(facts);
  const template = revision === undefined ? undefined : facts.templates.get(revision.name);
  if (template === undefined) return undefined;
  return revisionWith(release, facts.evidence.incident.workload, templateHash(template));
}

async function readIfPossible(cluster: Reader, ref: ObjectRef, isWhole: boolean): Promise<ReadObject[]> {
  try {
    const path = pathOf(ref);
    const object = isWhole ? await cluster.get<KubernetesObject>(path) : { metadata: await cluster.metadata(path) };
    return [{ ref, object }];
  } catch (error) {
    if (isRemediationError(error, "NotFound", "Forbidden")) return [];
    throw error;
  }
}
