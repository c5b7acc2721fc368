import { leaseName } from "../../functions/run/lease.ts";
import { stormLeaseName } from "../../functions/run/storm-lease.ts";
import type { WorkloadRun } from "../../functions/run/contracts.ts";
import type { Detection } from "../../functions/run/detection.ts";
import type { Preconditions } from "../../functions/shared/cluster/cluster.ts";
import type { Lease } from "../../functions/shared/kubernetes/types.ts";
import { permitOf } from "../../functions/run/permit.ts";
import { CLAIM_NAMESPACE, type Policy } from "../../functions/shared/policy.ts";
import { outOfScope } from "../../functions/shared/scope.ts";
import { NOW } from "../support/objects.ts";
import { hold } from "./broken.ts";
import { addressOf, type Written } from "./world.ts";

/** How long a claim is kept that nobody uses, in milliseconds. */
const KEPT = 86_400_000;

/** Every write is one that the run's own plan holds: its claim, an Event on its workload, or its remedy; or it tidies up. */
export function expectWithinPlan(run: WorkloadRun, written: readonly Written[]): void {
  for (const write of written) {
    hold(isPlanned(run, write), () => `${write.method} ${write.path} is no part of the plan`);
    hold(!run.dry_run || write.dryRun, () => `a dry run wrote: ${write.method} ${write.path}`);
  }
}

/** In a storm nothing is written but the Lease that remembers it, and the namespace of that; by a dry run nothing at all. */
export function expectStormOnly({ namespace, dry_run }: Detection, written: readonly Written[]): void {
  for (const { method, path, body } of written) {
    const { resource } = addressOf(path);
    const { name } = (body as { metadata?: { name?: unknown } }).metadata ?? {};
    const isMemory =
      (resource === "namespaces" && name === CLAIM_NAMESPACE) ||
      (resource === "leases" && addressOf(path).namespace === CLAIM_NAMESPACE && name === stormLeaseName(namespace));
    hold(!dry_run && isMemory, () => `in a storm: ${method} ${path}`);
  }
}

/** What the workload's namespace and the policy do not allow is not written. */
export function expectWithinPolicy(run: WorkloadRun, written: readonly Written[], policy: Policy): void {
  const { namespace } = run.incident.workload;
  const action = run.diagnosis?.remedy.action ?? "none";
  const others = written.filter((write) => !isClaim(run, write.path) && !isTidying(write));
  for (const write of others.filter(({ path }) => addressOf(path).namespace === namespace)) {
    hold(
      outOfScope(namespace, policy) === undefined,
      () => `${write.method} ${write.path} is out of the policy's scope`,
    );
    const isRemedy = addressOf(write.path).resource !== "events";
    const { origin = "found", requested } = run.incident;
    const isRequested = requested !== undefined;
    const allowed =
      action !== "none" && permitOf({ action, namespace, origin, requested: isRequested }, policy).mode === "automatic";
    // What somebody leaves to a person may be rehearsed on the server.
    hold(!isRemedy || allowed || write.dryRun, () => `${write.method} ${write.path} is left to people by the policy`);
    expectNotToZero(write, run);
  }
}

/** Nothing is scaled to zero; what was there before may be put back. */
function expectNotToZero({ method, path, body }: Written, run: WorkloadRun): void {
  if (method !== "patch" || !Array.isArray(body)) return;
  const remedy = run.diagnosis?.remedy;
  const before = remedy?.action === "scale" ? remedy.scale.from : undefined;
  for (const { path: where, value } of body as { path: string; value: unknown }[]) {
    const isSize = where === "/spec/replicas" || where === "/spec/maxReplicas";
    const restored = value === (typeof before === "object" ? before.max : before);
    hold(
      !isSize || restored || (typeof value === "number" && value >= 1),
      () => `${path} would have ${JSON.stringify(value)} replicas`,
    );
  }
}

function isClaim(run: WorkloadRun, path: string): boolean {
  const { namespace, resource, name } = addressOf(path);
  if (resource === "namespaces") return namespace === undefined && name === undefined;
  if (resource !== "leases" || namespace !== CLAIM_NAMESPACE) return false;
  return name === undefined || name === leaseName(run.incident.workload);
}

/** Whether a Lease is removed, as it was read, that nobody holds or has used for a day. */
function isTidying({ method, path, body, before }: Written): boolean {
  const { namespace, resource } = addressOf(path);
  if (method !== "delete" || resource !== "leases" || namespace !== CLAIM_NAMESPACE) return false;
  const { metadata, spec } = before as Lease;
  const { uid, resourceVersion } = body as Preconditions;
  const renewed = Date.parse(spec?.renewTime ?? spec?.acquireTime ?? "");
  const used = Number.isNaN(renewed) ? 0 : renewed;
  const held = (spec?.holderIdentity ?? "") !== "" && used + (spec?.leaseDurationSeconds ?? 0) * 1_000 > NOW.getTime();
  const isAsRead = uid === (metadata?.uid ?? "") && resourceVersion === (metadata?.resourceVersion ?? "");
  return isAsRead && !held && NOW.getTime() - used > KEPT;
}

function isPlanned(run: WorkloadRun, write: Written): boolean {
  if (isTidying(write)) return true;
  const { method, path, body } = write;
  const { namespace, resource, name } = addressOf(path);
  const { workload } = run.incident;
  if (isClaim(run, path)) {
    const claimed = (body as { metadata?: { name?: unknown } }).metadata?.name;
    return claimed === (resource === "namespaces" ? CLAIM_NAMESPACE : leaseName(workload));
  }
  if (namespace !== workload.namespace) return false;
  if (resource === "events") return method === "create";
  const remedy = run.diagnosis?.remedy;
  switch (remedy?.action) {
    case "restart":
      return resource === "pods" && method !== "patch" && remedy.pods.some((pod) => pod.name === name);
    case "rollback":
      if (method === "delete") return resource === "pods" && remedy.unblocked.some((pod) => pod.name === name);
      return method === "patch" && resource === `${workload.kind.toLowerCase()}s` && name === workload.name;
    case "scale":
      if (method !== "patch") return false;
      return remedy.scale.target === "hpa"
        ? resource === "horizontalpodautoscalers" && name === remedy.scale.name
        : resource === "deployments" && name === workload.name;
    default:
      return false;
  }
}
