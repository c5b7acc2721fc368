import type { Cluster } from "../../shared/cluster/cluster.ts";
import { paths } from "../../shared/cluster/paths.ts";
import type { HpaBounds, ScalePlan, WorkloadRef } from "../../run/contracts.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { boundsOf, describeSize } from "../../shared/kubernetes/hpa.ts";
import type { Hpa, ScaleObject } from "../../shared/kubernetes/types.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import { assertNotOptedOut } from "../../facts/opt-out.ts";

/** The HPA's status changes with every sync; each change of it makes the precondition fail. */
const ATTEMPTS = 6;

/**
 * Moves an HPA's bounds, or a Deployment's replicas, from exactly one value to exactly another. Doing it again changes
 * nothing.
 * @returns whether it was moved now; false when it was there already
 * @throws RemediationError `ObjectChanged` when it is at neither value, or gone; `OptedOut`
 */
export async function scale(
  cluster: Cluster,
  workload: WorkloadRef,
  plan: ScalePlan,
  dryRun: boolean,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return plan.target === "hpa"
        ? await moveBounds(cluster, workload, plan, dryRun)
        : await setReplicas(cluster, workload, plan, dryRun);
    } catch (error) {
      if (isRemediationError(error, "NotFound"))
        throw changed(`${describeTarget(workload, plan)} does not exist any more`);
      const raced = isRemediationError(error, "ObjectChanged") && !(error instanceof ValueChanged);
      if (!raced || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** The plan that takes this one back. */
export function reversed(plan: ScalePlan): ScalePlan {
  return plan.target === "hpa" ? { ...plan, from: plan.to, to: plan.from } : { ...plan, from: plan.to, to: plan.from };
}

/** `HPA shop/web` or `Deployment shop/web`. */
export function describeTarget({ kind, namespace, name }: WorkloadRef, plan: ScalePlan): string {
  return plan.target === "hpa" ? `HPA ${namespace}/${plan.name}` : `${kind} ${namespace}/${name}`;
}

/** Not a race: the value itself is another one, so trying again is pointless. */
class ValueChanged extends RemediationError {}

function changed(what: string): ValueChanged {
  return new ValueChanged("ObjectChanged", `It was left as it is: ${what}.`);
}

async function moveBounds(
  cluster: Cluster,
  workload: WorkloadRef,
  { name, from, to }: Extract<ScalePlan, { target: "hpa" }>,
  dryRun: boolean,
): Promise<boolean> {
  const { namespace } = workload;
  const path = paths.hpa(namespace, name);
  const hpa = await cluster.get<Hpa>(path);
  const present = boundsOf(hpa);
  if (equal(present, to)) return false;
  if (!equal(present, from)) {
    throw changed(`somebody else set the bounds of HPA ${namespace}/${name} to ${describeSize(present)}`);
  }
  await assertNotOptedOut(cluster, workload);
  await cluster.patch(
    path,
    [
      { op: "test", path: "/metadata/resourceVersion", value: hpa.metadata?.resourceVersion },
      { op: "add", path: "/spec/minReplicas", value: to.min },
      { op: "add", path: "/spec/maxReplicas", value: to.max },
    ],
    { dryRun },
  );
  return true;
}

async function setReplicas(
  cluster: Cluster,
  workload: WorkloadRef,
  { from, to }: Extract<ScalePlan, { target: "replicas" }>,
  dryRun: boolean,
): Promise<boolean> {
  const { namespace, name } = workload;
  const path = kindOf(workload.kind)?.scalePath?.(namespace, name);
  if (path === undefined) {
    throw new RemediationError(
      "InvalidStepInput",
      `${describeWorkload(workload)} is of a kind whose replicas are never set.`,
    );
  }
  const current = await cluster.get<ScaleObject>(path);
  const present = current.spec?.replicas ?? 0;
  if (present === to) return false;
  if (present !== from) {
    throw changed(`somebody else scaled ${describeWorkload(workload)} to ${describeSize(present)}`);
  }
  await assertNotOptedOut(cluster, workload);
  await cluster.patch(
    path,
    [
      { op: "test", path: "/metadata/resourceVersion", value: current.metadata?.resourceVersion },
      { op: "add", path: "/spec/replicas", value: to },
    ],
    { dryRun },
  );
  return true;
}

function equal(a: HpaBounds, b: HpaBounds): boolean {
  return a.min === b.min && a.max === b.max;
}
