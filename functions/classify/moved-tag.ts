import { podsMadeFrom, type Case } from "../facts/case.ts";
import { containersOf } from "../shared/kubernetes/containers.ts";
import { containerStatuses } from "../shared/kubernetes/pods.ts";
import type { Pod, PodTemplate } from "../shared/kubernetes/types.ts";
import type { RevisionRef } from "../shared/refs.ts";
import { bounded } from "../shared/text.ts";

/** An image as the kubelet has pulled it, by its digest. Source: kubernetes pkg/kubelet/kuberuntime, toKubeContainerStatus */
const BY_DIGEST = /@sha256:[0-9a-f]{64}$/;
/** How much of a digest tells two apart, and how long the name of an image may be in a sentence. */
const IN_SHORT = 19;
const MAX_IMAGE = 300;

/**
 * That a failing container has the same image in both templates, by a tag that stands for another one by now, in sentences;
 * undefined where nothing says so. Pods that are made anew of the earlier revision may get the newer image, with which that revision
 * never ran.
 */
export function tagMoved(facts: Case, to: RevisionRef, present: PodTemplate, earlier: PodTemplate): string | undefined {
  const before = podsMadeFrom(facts, to.name);
  for (const { pod, failures } of facts.ofCurrent) {
    for (const { container: name } of failures) {
      const image = imageOf(present, name);
      if (name === undefined || image === undefined || image !== imageOf(earlier, name)) continue;
      const now = pulled(pod, name);
      const then = before.map((one) => pulled(one, name));
      const known = then.find((one) => one !== undefined);
      // One that got the newer image with the earlier template shows what comes of it.
      if (now === undefined || known === undefined || then.some((one) => digest(one) === digest(now))) continue;
      return `Not rolled back: revision ${to.revision} names the same image for container ${name} (${bounded(image, MAX_IMAGE)}), which stands for another one by now: its pods run ${inShort(known)}, and what fails runs ${inShort(now)}. A pod of revision ${to.revision} that is made anew may get that one, too. Deploy the earlier image by its digest (${bounded(known, MAX_IMAGE)}), or mend the newer one.`;
    }
  }
  return undefined;
}

function imageOf(template: PodTemplate, name: string | undefined): string | undefined {
  return containersOf(template).find((container) => container.name === name)?.image;
}

/** What a container of a pod runs, by its digest; undefined where that is not known. */
function pulled(pod: Pod, name: string): string | undefined {
  const id = containerStatuses(pod).find((container) => container.name === name)?.imageID;
  return id !== undefined && BY_DIGEST.test(id) ? id : undefined;
}

function digest(id: string | undefined): string | undefined {
  return id?.split("@").at(-1);
}

function inShort(id: string): string {
  return digest(id)?.slice(0, IN_SHORT) ?? "";
}
