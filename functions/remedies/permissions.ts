import { rulesFor } from "../kinds/rules.ts";
import type { Permissions, Rule } from "../shared/permissions.ts";
import type { Tool } from "../shared/policy.ts";
import { RECONCILERS } from "../facts/flux.ts";
import { ALL_REMEDIES } from "./remedies.ts";

export { HELM_OBJECTS_READ } from "../facts/helm-objects.ts";
export { HELM_PERMISSIONS } from "../facts/helm-release.ts";

const OPT_OUT: Rule = {
  why: "Whether somebody has opted out since the diagnosis.",
  apiGroups: [""],
  resources: ["namespaces"],
  verbs: ["get"],
};
const EVENTS: Rule = {
  why: "Events on the workload, so that kubectl describe shows what was done.",
  apiGroups: [""],
  resources: ["events"],
  verbs: ["create"],
};
const EVENTS_OF_PODS: Rule = {
  why: "What goes with a pod, to be kept before the pod is removed. Not needed where there is no bucket for it.",
  apiGroups: [""],
  resources: ["events"],
  verbs: ["list"],
};
const CLAIM: Rule = { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "list", "update"] };

/** What the diagnosis reads for the plans of remedies alone. */
export const PLANNING: readonly Rule[] = ALL_REMEDIES.flatMap(({ reads }) => reads?.permissions ?? []);

/** Reads whatever a remedy patches, to see how it is by now; unless that is told by other objects. */
export const LOOKING: readonly Rule[] = ALL_REMEDIES.filter((remedy) => !("shows" in remedy))
  .flatMap(({ permissions }) => permissions)
  .filter(({ verbs }) => verbs.includes("patch"))
  .flatMap(({ apiGroups, resources }) =>
    resources.filter(isObject).map((resource) => ({ apiGroups, resources: [resource], verbs: ["get"] })),
  );

/** A subresource is seen on its object. */
function isObject(resource: string): boolean {
  return !resource.includes("/");
}

/** Whether a remedy may remove pods. */
export function removesPods({ permissions }: { permissions: readonly Rule[] }): boolean {
  return permissions.some(
    ({ resources, verbs }) =>
      resources.includes("pods/eviction") || (resources.includes("pods") && verbs.includes("delete")),
  );
}

/** What the functions of the remedies may do, by their names: what each needs, and what every one of them does. */
export const REMEDY_PERMISSIONS: Readonly<Record<string, Permissions>> = Object.fromEntries(
  ALL_REMEDIES.map(({ action, entry, permissions }) => [
    action,
    {
      cluster: {
        why: entry.description,
        rules: [OPT_OUT, ...permissions, EVENTS, ...(removesPods({ permissions }) ? [EVENTS_OF_PODS] : [])],
      },
      claims: {
        why: "Looks at the claims for what is under way elsewhere, and writes into its own that its remedy begins.",
        rules: [CLAIM],
      },
    },
  ]),
);

/** What a scan reads to remind of what remedies through tools have left, and nobody has taken back. */
export const REMINDING: readonly Rule[] = [
  {
    why: "Applications whose automated sync a rollback has paused, to remind of them.",
    apiGroups: ["argoproj.io"],
    resources: ["applications"],
    verbs: ["list"],
  },
  ...rulesFor(
    Object.values(RECONCILERS).map(({ group, version, plural }) => ({
      apiVersion: `${group}/${version}`,
      plural,
      verbs: ["list"],
    })),
  ),
];

/** The remedies through a tool, with what their plans are made from. */
export function remediesThrough(tool: Tool): { action: string; reads: readonly Rule[] }[] {
  return ALL_REMEDIES.filter(({ through }) => through?.tool === tool).map(({ action, reads }) => ({
    action,
    reads: reads?.permissions ?? [],
  }));
}
