import { createHash } from "node:crypto";
import { isMarkingVariable, isMarkOfWhatIsRead, isRestartMark } from "./restart-marks.ts";
import type { PodTemplate, Workload } from "./types.ts";

/** Set by the Deployment controller on the ReplicaSet's copy of the template. */
export const POD_TEMPLATE_HASH = "pod-template-hash";

type Container = NonNullable<PodTemplate["spec"]>["containers"][number];
type IsMark = (key: string, value: string) => boolean;

/** The template without the marks of those who had it started again. */
export function bareTemplate(template: PodTemplate): PodTemplate {
  return withoutMarks(template, isRestartMark);
}

/** The template without what does not change what runs: marks of restarts, and of the state of what it reads. */
function bareVersion(template: PodTemplate): PodTemplate {
  const { spec, ...bare } = withoutMarks(
    template,
    (key, value) => isRestartMark(key, value) || isMarkOfWhatIsRead(key),
  );
  if (spec === undefined) return bare;
  const { containers, initContainers } = spec;
  return {
    ...bare,
    spec: {
      ...spec,
      containers: containers.map(withoutMarkingVariables),
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withoutMarkingVariables) }),
    },
  };
}

function withoutMarkingVariables({ env, ...container }: Container): Container {
  const rest = (env ?? []).filter(({ name, value }) => value === undefined || !isMarkingVariable(name));
  return rest.length === 0 ? container : { ...container, env: rest };
}

function withoutMarks(template: PodTemplate, isMark: IsMark): PodTemplate {
  const { labels, annotations, ...metadata } = template.metadata ?? {};
  const bareLabels = without(labels, (key, value) => key === POD_TEMPLATE_HASH || isMark(key, value));
  const bareAnnotations = without(annotations, isMark);
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
  const labels = without(template.metadata?.labels, (key) => key === label);
  const { labels: _dropped, ...metadata } = template.metadata ?? {};
  return { ...template, metadata: { ...metadata, ...(labels === undefined ? {} : { labels }) } };
}

/** A short hash that is equal for templates that are the same apart from having been started again. */
export function templateHash(template: PodTemplate): string {
  return hash(bareTemplate(template));
}

/**
 * A short hash that is equal for templates that run the same thing: that of one version, whenever it was started, and
 * whatever it read then.
 */
export function versionHash(template: PodTemplate): string {
  return hash(bareVersion(template));
}

function hash(template: PodTemplate): string {
  return createHash("sha256").update(canonical(template)).digest("hex").slice(0, 16);
}

/** The hash of a workload's present template; undefined when it has none. */
export function presentTemplate({ spec }: Pick<Workload, "spec">): string | undefined {
  return spec?.template === undefined ? undefined : templateHash(spec.template);
}

function without(map: Record<string, string> | undefined, isMark: IsMark): Record<string, string> | undefined {
  const entries = Object.entries(map ?? {}).filter(([key, value]) => !isMark(key, value));
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
