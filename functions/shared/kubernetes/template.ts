import { createHash } from "node:crypto";
import type { PodTemplate, Workload } from "./types.ts";

/** Set by the Deployment controller on the ReplicaSet's copy of the template. */
export const POD_TEMPLATE_HASH = "pod-template-hash";
/** Set by `kubectl rollout restart`: it makes a new revision of what is otherwise the same template. */
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

/** The template without the marks that do not change what runs. */
export function bareTemplate(template: PodTemplate): PodTemplate {
  const { labels, annotations, ...metadata } = template.metadata ?? {};
  const bareLabels = without(labels, POD_TEMPLATE_HASH);
  const bareAnnotations = without(annotations, RESTARTED_AT);
  return {
    ...template,
    metadata: {
      ...metadata,
      ...(bareLabels === undefined ? {} : { labels: bareLabels }),
      ...(bareAnnotations === undefined ? {} : { annotations: bareAnnotations }),
    },
  };
}

/** The template as it has to be written into a workload: without the label that its controller adds. */
export function templateWithoutLabel(template: PodTemplate, label: string): PodTemplate {
  const labels = without(template.metadata?.labels, label);
  const { labels: _dropped, ...metadata } = template.metadata ?? {};
  return { ...template, metadata: { ...metadata, ...(labels === undefined ? {} : { labels }) } };
}

/** A short hash that is equal for templates that run the same thing. */
export function templateHash(template: PodTemplate): string {
  return createHash("sha256")
    .update(canonical(bareTemplate(template)))
    .digest("hex")
    .slice(0, 16);
}

/** The hash of a workload's present template; undefined when it has none. */
export function presentTemplate({ spec }: Pick<Workload, "spec">): string | undefined {
  return spec?.template === undefined ? undefined : templateHash(spec.template);
}

function without(map: Record<string, string> | undefined, key: string): Record<string, string> | undefined {
  const entries = Object.entries(map ?? {}).filter(([name]) => name !== key);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** JSON with sorted keys and without nulls, which the API server drops. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(
          Object.entries(item)
            .filter(([, field]) => field !== null)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : item,
  );
}
