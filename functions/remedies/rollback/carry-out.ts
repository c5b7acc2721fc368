import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../../shared/cluster/cluster.ts";
import type { PodTarget } from "../../run/contracts.ts";
import { RemediationError } from "../../shared/errors.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import { readTemplate, switchTemplate, type TemplateSwitch } from "./switch-template.ts";
import { unblock } from "./unblock.ts";

/** How long a StatefulSet's controller may take to see the new template. Normally it takes milliseconds. */
const OBSERVED_WITHIN_MS = 10_000;
const POLL_MS = 200;

/** A change of template, and the pods that would keep it from being rolled out. */
export interface RollBack extends TemplateSwitch {
  unblock: PodTarget[];
  /** Whether this rollback was tried before: a template that is back by now is its own work, else it is somebody else's. */
  again: boolean;
}

/**
 * Puts the template of an earlier revision back, then deletes the pods that an ordered StatefulSet waits for in vain.
 * Doing it again changes nothing more; where somebody else has put the template back, nothing is done at all.
 *
 * @param patience how long the controller of a StatefulSet may take to see the new template, in milliseconds
 * @returns whether the template was switched now, not before, and the pods that have given way
 * @throws RemediationError those of `switchTemplate`; `ClusterUnavailable` when the controller does not see the new
 *   template in time
 */
export async function rollBack(
  cluster: Cluster,
  { unblock: pods, again, ...change }: RollBack,
  patience = OBSERVED_WITHIN_MS,
): Promise<{ switched: boolean; unblocked: PodTarget[] }> {
  const { workload, to, dryRun } = change;
  const unblocking = { workload, pods, to };
  // Whether they may be deleted has to be known before the template is changed: one without the other helps nobody.
  const planned = await unblock(cluster, { ...unblocking, dryRun: true });
  const switched = await switchTemplate(cluster, change);
  if (!switched && !again) return { switched, unblocked: [] };
  if (dryRun || pods.length === 0) return { switched, unblocked: planned };
  await untilObserved(cluster, change, patience);
  return { switched, unblocked: await unblock(cluster, { ...unblocking, dryRun: false }) };
}

/** Until then, a pod that is deleted comes back with the template that was replaced. */
async function untilObserved(cluster: Cluster, { workload: ref, to }: TemplateSwitch, patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const { kind, workload, present } = await readTemplate(cluster, ref);
    const name = describeWorkload(ref);
    if (present !== to.template) {
      throw new RemediationError("ObjectChanged", `${name}: somebody else changed its pod template meanwhile.`);
    }
    if (kind.hasSeenSpec(workload)) return;
    if (Date.now() >= deadline) {
      throw new RemediationError(
        "ClusterUnavailable",
        `${name}: its controller has not seen its new template within ${patience / 1_000} s. Is it running?`,
      );
    }
    await sleep(POLL_MS);
  }
}
