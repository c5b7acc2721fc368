import { isDeepStrictEqual } from "node:util";
import type { Pod } from "./types.ts";
import { applyDefaults, initialStatus, keepQosClass } from "./admission/defaults.ts";
import { applyLimitRanges, checkLimitRanges } from "./admission/limit-range.ts";
import { checkNamedObjects } from "./admission/named-objects.ts";
import { checkNamespace } from "./admission/namespaces.ts";
import { normalise } from "./admission/normalise.ts";
import { checkPodSecurity } from "./admission/pod-security.ts";
import { checkQuotas } from "./admission/quota.ts";
import { checkTimes } from "./admission/times.ts";
import { problemsOf } from "./admission/validation.ts";
import { invalid } from "./api-error.ts";
import type { Clock } from "./clock.ts";
import { defaultDefinition, definitionProblems, establishedStatus } from "./custom/definition.ts";
import type { CustomTraits } from "./custom/traits.ts";
import { conform, schemaProblems } from "./custom/schema.ts";
import { DEFINITIONS, NAMESPACES } from "./kinds.ts";
import { labelProblems } from "./names.ts";
import type { Resource } from "./resources.ts";
import { Store, type Admission } from "./store.ts";
import type { ApiObject } from "./api-object.ts";

/** The namespaces that every cluster has. */
export const SYSTEM_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** A store that fills in defaults, and refuses what the API server refuses; with the namespaces of a new cluster. */
export function admittingStore(clock: Clock): Store {
  const store = new Store(clock);
  store.addAdmission((resource, object, operation, previous) => {
    if (resource.custom === undefined) admitBuiltIn(store, resource, object, operation, previous);
    else admitCustom(store, resource, resource.custom, object, operation);
  });
  for (const name of SYSTEM_NAMESPACES) store.create(NAMESPACES, { metadata: { name } });
  return store;
}

function admitBuiltIn(store: Store, ...[resource, object, operation, previous]: Parameters<Admission>): void {
  normalise(object);
  checkTimes(resource, object);
  if (resource === DEFINITIONS) defaultDefinition(object);
  applyDefaults(resource, object);
  if (operation === "update") keepQosClass(object, previous);
  if (operation === "create") {
    applyLimitRanges(store, resource, object as Pod);
    if (resource.status) object.status = initialStatus(resource, object);
    checkNamespace(store, resource, object);
  }
  const labelled = !isDeepStrictEqual(object.metadata?.labels, previous?.metadata?.labels);
  if (operation === "create" || labelled || !isDeepStrictEqual(object.spec, previous?.spec)) {
    const own = resource === DEFINITIONS ? definitionProblems(object) : [];
    const problems = [...own, ...problemsOf(resource, object, previous)];
    if (problems.length > 0) throw invalid(resource, object.metadata?.name ?? "", problems);
  }
  if (operation === "create") checkLimitRanges(store, resource, object as Pod);
  if (operation === "create") checkNamedObjects(store, resource, object as Pod);
  if (operation === "create") checkPodSecurity(store, resource, object as Pod);
  if (operation === "create") checkQuotas(store, resource, object);
  if (operation === "create" && resource === DEFINITIONS) object.status = establishedStatus(object, store.clock.now());
}

/** Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go */
function admitCustom(
  store: Store,
  resource: Resource,
  { schema }: CustomTraits,
  object: ApiObject,
  operation: "create" | "update",
): void {
  if (object.metadata !== undefined) normalise({ metadata: object.metadata });
  if (operation === "create" && resource.status) delete object.status;
  conform(object, schema);
  if (operation === "create") checkNamespace(store, resource, object);
  const problems = [...labelProblems(object.metadata?.labels), ...schemaProblems(object, schema)];
  if (problems.length > 0) throw invalid(resource, object.metadata?.name ?? "", problems);
}
