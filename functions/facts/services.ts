import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { containersOf } from "../shared/kubernetes/containers.ts";
import { matches } from "../shared/kubernetes/label-selector.ts";
import { bareTemplate } from "../shared/kubernetes/template.ts";
import type { PodTemplate, Service } from "../shared/kubernetes/types.ts";

/**
 * The Services of a namespace, as far as they matter to a change of the pod template: `not asked` where no earlier template has
 * other labels or names of ports, `forbidden` where they may not be listed.
 */
export type Services = readonly Service[] | "not asked" | "forbidden";

/** Reads the Services of a namespace, where going back to one of the earlier templates may take pods from one of them. */
export async function readServices(
  cluster: Reader,
  namespace: string,
  present: PodTemplate | undefined,
  earlier: readonly PodTemplate[],
): Promise<Services> {
  if (present === undefined || !earlier.some((template) => isReachedOtherwise(present, template))) return "not asked";
  try {
    return await cluster.list<Service>(collectionOf({ apiVersion: "v1", plural: "services" }, namespace));
  } catch (error) {
    if (isRemediationError(error, "Forbidden")) return "forbidden";
    throw error;
  }
}

/** Whether Services may reach the pods of one template, and not those of the other. */
export function isReachedOtherwise(present: PodTemplate, earlier: PodTemplate): boolean {
  const labels = Object.entries(labelsOf(present));
  const then = labelsOf(earlier);
  const ports = portNamesOf(earlier);
  return (
    labels.some(([key, value]) => then[key] !== value) || [...portNamesOf(present)].some((name) => !ports.has(name))
  );
}

/** The Services that reach the pods of the present template, and would reach none of the earlier one. */
export function cutOff(services: readonly Service[], present: PodTemplate, earlier: PodTemplate): Service[] {
  return services.filter(({ spec }) => {
    const matchLabels = spec?.selector ?? {};
    if (Object.keys(matchLabels).length === 0 || !matches({ matchLabels }, labelsOf(present))) return false;
    if (!matches({ matchLabels }, labelsOf(earlier))) return true;
    const [now, then] = [portNamesOf(present), portNamesOf(earlier)];
    return (spec?.ports ?? []).some(({ targetPort }) => {
      const name = String(targetPort);
      return now.has(name) && !then.has(name);
    });
  });
}

function labelsOf(template: PodTemplate): Record<string, string> {
  return bareTemplate(template).metadata?.labels ?? {};
}

/** The names of the ports of a template's containers. */
function portNamesOf(template: PodTemplate): Set<string> {
  return new Set(containersOf(template).flatMap(({ ports = [] }) => ports.flatMap(({ name }) => name ?? [])));
}
