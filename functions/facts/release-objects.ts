import type { Reader } from "../shared/cluster/cluster.ts";
import { isRemediationError } from "../shared/errors.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import { pathOf, type KubernetesObject, type ObjectRef, type ReadObject } from "../shared/object-ref.ts";
import type { Case } from "./case.ts";
import { coveredRef } from "./helm-objects.ts";
import { releaseSecretName } from "./helm-secret.ts";
import { revisionWith } from "./helm-rollback.ts";
import { revisionToReturnTo } from "./needed-before.ts";

/** The kinds of which more than the metadata is read: how many pods they are to have. */
const WHOLE: readonly string[] = ["DaemonSet", "Deployment", "StatefulSet"];

/**
 * The case with the objects of the Helm release that may be rolled back, as they are on the cluster: Helm goes over each of
 * them. Nothing is read where there is no revision to go back to. What is not there, or may not be read, is left out.
 */
export async function withReleaseObjects(cluster: Reader, facts: Case): Promise<Case> {
  const { evidence } = facts;
  const { helm: release, incident } = evidence;
  const revision = revisionToReturnTo(facts);
  const template = revision === undefined ? undefined : facts.templates.get(revision.name);
  if (release?.state !== "read" || template === undefined) return facts;
  const target = revisionWith(release, incident.workload, templateHash(template));
  if (target === undefined) return facts;
  const { name, namespace, present } = release;
  const held = new Map([...present.objects, ...target.objects]);
  const secret = { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace };
  const refs: ObjectRef[] = [
    ...[...held.values()].flatMap((object) => coveredRef(object) ?? []).filter((ref) => ref.namespace === namespace),
    { ...secret, name: releaseSecretName(name, present.revision) },
  ];
  const read = await Promise.all(refs.map((ref) => readIfPossible(cluster, ref)));
  return { ...facts, evidence: { ...evidence, others: [...evidence.others, ...read.flat()] } };
}

async function readIfPossible(cluster: Reader, ref: ObjectRef): Promise<ReadObject[]> {
  try {
    const path = pathOf(ref);
    const object = WHOLE.includes(ref.kind)
      ? await cluster.get<KubernetesObject>(path)
      : { metadata: await cluster.metadata(path) };
    return [{ ref, object }];
  } catch (error) {
    if (isRemediationError(error, "NotFound", "Forbidden")) return [];
    throw error;
  }
}
