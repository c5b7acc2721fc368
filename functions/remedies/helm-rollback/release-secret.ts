import { releaseSecretName, revisionInfo, type ReleaseSecret } from "../../facts/helm-secret.ts";
import type { ObjectRef } from "../../shared/object-ref.ts";
import type { HelmRollbackPlan } from "./contract.ts";

/** The Secret in which Helm keeps a revision of a release. */
export function releaseSecretRef({ namespace, name }: HelmRollbackPlan["release"], revision: number): ObjectRef {
  return { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace, name: releaseSecretName(name, revision) };
}

/** The revision that a rollback makes. */
export function ownRevision({ from }: Pick<HelmRollbackPlan, "from">): number {
  return from.revision + 1;
}

/**
 * Whether a revision came about by a rollback of the release to that one, whether or not it went well.
 * Source: helm/helm pkg/action/rollback.go
 */
export function isRollbackTo(
  secret: ReleaseSecret,
  { release: { name } }: Pick<HelmRollbackPlan, "release">,
  to: number,
) {
  const { description } = revisionInfo(secret);
  return description === `Rollback to ${to}` || description.startsWith(`Rollback "${name}" failed`);
}

/** The status of a revision, as Helm has it on its Secret. */
export function statusOf({ metadata }: ReleaseSecret): string {
  return metadata?.labels?.["status"] ?? "";
}
