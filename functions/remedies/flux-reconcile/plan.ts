import type { Case } from "../../facts/case.ts";
import { objectOf } from "../../facts/evidence.ts";
import { reconcilerRef, type FluxObject } from "../../facts/flux.ts";
import { groupOf, namedBy } from "../../facts/flux-reconciler.ts";
import { isWaitedFor, obstacle } from "../../facts/flux-obstacle.ts";
import { beyondReach, heldBySource } from "../../facts/flux-reach.ts";
import type { FluxReconcilePlan } from "./contract.ts";
import { isAsked, isNotToBeAsked } from "./request.ts";

/**
 * That Flux is asked for what its source holds, which may be the fix, and which it has not put in place though it had the time for
 * it. Undefined where it holds nothing else, where Flux may still come to it by itself, or where something speaks against it.
 */
export function askFlux(facts: Case): FluxReconcilePlan | undefined {
  const { evidence } = facts;
  const { workload } = evidence.incident;
  const named = namedBy(evidence.workload?.metadata ?? {});
  const object = named && (objectOf(reconcilerRef(named), evidence) as FluxObject | undefined);
  const uid = object?.metadata?.uid;
  if (named === undefined || object === undefined || uid === undefined) return undefined;
  const held = heldBySource(named, object, evidence);
  if (held === undefined || held.isAttempted || held.since === undefined) return undefined;
  if (isWaitedFor(object, held.since, evidence.now)) return undefined;
  const against =
    beyondReach(named, object, facts) ??
    obstacle(named, object, { toBe: "asked", workload, group: groupOf(workload), now: evidence.now });
  const { kind, namespace, name } = held.ref;
  const source = { kind, namespace, name, revision: held.revision, since: held.since.toISOString() };
  if (against !== undefined || isNotToBeAsked(object) || isAsked(object, { source })) return undefined;
  const revision = object.status?.lastAttemptedRevision ?? "";
  return { action: "flux-reconcile", reconciler: { ...named, uid, revision }, source };
}
