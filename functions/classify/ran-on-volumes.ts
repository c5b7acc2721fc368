import { podsMadeFrom, type Case, type FailingPod } from "../facts/case.ts";
import { wasNeverStarted } from "../kinds/failing/container-runs.ts";
import { containersOf, type Container } from "../shared/kubernetes/containers.ts";
import { containerStatuses, isReady } from "../shared/kubernetes/pods.ts";
import type { ContainerStatus, PodTemplate, StatefulSet } from "../shared/kubernetes/types.ts";
import type { RevisionRef } from "../shared/refs.ts";
import { some } from "../shared/text.ts";

/** How many claims are named. */
const MAX_CLAIMS = 3;

/**
 * That another image has run on volumes that stay, in sentences: what it wrote there, the earlier one may not be able to read.
 * Undefined where it has not. A claim that the template names is shared by all pods: one of the earlier revision that is ready shows
 * that it can.
 */
export function ranOnVolumes(
  facts: Case,
  to: RevisionRef,
  present: PodTemplate,
  earlier: PodTemplate,
): string | undefined {
  const images = new Map(containersOf(earlier).map(({ name, image }) => [name, image]));
  const others = containersOf(present).filter(({ name, image }) => images.has(name) && images.get(name) !== image);
  const ran = others.filter(({ name }) => facts.ofCurrent.some((pod) => hasRun(pod, name)));
  if (ran.length === 0) return undefined;
  const volumes = ofEachPod(facts) ?? shared(facts, to, present, ran);
  if (volumes === undefined) return undefined;
  return `Not rolled back: its newer image has run on volumes that stay as they are (${volumes}), and may have changed what is on them in a way that the image of revision ${to.revision} cannot read. Whoever knows that it can may ask for that revision.`;
}

/** That each pod has claims of its own, which its successor gets. */
function ofEachPod({ evidence: { workload } }: Case): string | undefined {
  const { volumeClaimTemplates = [] } = (workload as StatefulSet | undefined)?.spec ?? {};
  return volumeClaimTemplates.length === 0 ? undefined : "volumeClaimTemplates";
}

/** The claims that the template names and one of these containers may write to, unless a pod of the earlier revision is well beside them. */
function shared(
  facts: Case,
  to: RevisionRef,
  { spec }: PodTemplate,
  containers: readonly Container[],
): string | undefined {
  const written = new Set(
    containers.flatMap(({ volumeMounts = [], volumeDevices = [] }) => [
      ...volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name),
      ...volumeDevices.map(({ name }) => name),
    ]),
  );
  const claims = (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim: claim }) =>
    claim === undefined || claim.readOnly === true || !written.has(name) ? [] : [claim.claimName],
  );
  if (claims.length === 0 || podsMadeFrom(facts, to.name).some(isReady)) return undefined;
  return `PersistentVolumeClaim ${some(claims, MAX_CLAIMS)}`;
}

/** Whether a container of the pod has run: one whose program could not be started has not. */
function hasRun({ pod }: FailingPod, container: string): boolean {
  return containerStatuses(pod).some((one) => one.name === container && ranByStatus(one));
}

function ranByStatus({ restartCount, state, lastState }: ContainerStatus): boolean {
  if (state?.running != null) return true;
  // The same image and command end in the same way before the end that is kept.
  const ended = state?.terminated ?? lastState?.terminated;
  return ended == null ? restartCount > 0 : !wasNeverStarted(ended);
}
