import type { Case } from "../facts/case.ts";
import { containersOutOfMemory } from "../facts/container-ends.ts";
import { kindOf } from "../kinds/kinds.ts";
import { quantity } from "../shared/kubernetes/quantity.ts";
import { containersOf, type Container } from "../shared/kubernetes/containers.ts";
import type { PodTemplate } from "../shared/kubernetes/types.ts";

/**
 * What failing containers have otherwise than the template that their pods were made from: the image, and a memory limit.
 * Whatever changes pods does it past the template, so that no other template need be any better: a webhook or a default at
 * admission, or a write to the pod itself.
 */
export function changedPodLines({ evidence: { incident }, failing, revisions, templates }: Case): string[] {
  const history = kindOf(incident.workload)?.history;
  const lines = failing.flatMap((one) => {
    const { pod, failures } = one;
    const revision = revisions.find(({ name }) => history?.isMadeFrom(pod, name) === true);
    const template = revision === undefined ? undefined : templates.get(revision.name);
    if (revision === undefined || template === undefined || pod.spec === undefined) return [];
    const names = new Set(failures.map(({ container }) => container));
    const killed = containersOutOfMemory([one]);
    const own = containersOf(pod).filter(({ name }) => names.has(name));
    return own.flatMap((container) =>
      differences(container, template, killed.has(container.name)).map(
        ([what, now, then]) =>
          `container ${container.name} has ${what} ${now} in its pod, and ${then} in the template of revision ${revision.revision}: something has changed the pod`,
      ),
    );
  });
  return [...new Set(lines)];
}

/** What differs, how it is, and how the template has it; a limit that the template has not, of what reached it. */
function differences(container: Container, template: PodTemplate, isKilled: boolean): [string, string, string][] {
  const made = containersOf(template).find(({ name }) => name === container.name);
  const [now, then] = [container, made].map((of) => of?.resources?.limits?.["memory"]);
  const isOther = now !== undefined && (then === undefined ? isKilled : quantity(now) !== quantity(then));
  return [
    ...(container.image === undefined || made?.image === undefined || container.image === made.image
      ? []
      : [["the image", container.image, made.image] satisfies [string, string, string]]),
    ...(isOther ? [["a memory limit of", now, then ?? "none"] satisfies [string, string, string]] : []),
  ];
}
