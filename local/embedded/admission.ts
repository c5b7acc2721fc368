import { isDeepStrictEqual } from "node:util";
import { applyDefaults, initialStatus, keepQosClass } from "./admission/defaults.ts";
import { checkNamespace } from "./admission/namespaces.ts";
import { normalise } from "./admission/normalise.ts";
import { checkQuotas } from "./admission/quota.ts";
import { checkTimes } from "./admission/times.ts";
import { problemsOf } from "./admission/validation.ts";
import { invalid } from "./api-error.ts";
import type { Clock } from "./clock.ts";
import { NAMESPACES } from "./kinds.ts";
import { Store } from "./store.ts";

/** The namespaces that every cluster has. */
export const SYSTEM_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** A store that fills in defaults, and refuses what the API server refuses; with the namespaces of a new cluster. */
export function admittingStore(clock: Clock): Store {
  const store = new Store(clock);
  store.addAdmission((resource, object, operation, previous) => {
    normalise(object);
    checkTimes(resource, object);
    applyDefaults(resource, object);
    if (operation === "update") keepQosClass(object, previous);
    if (operation === "create") {
      if (resource.status) object.status = initialStatus(resource, object);
      checkNamespace(store, resource, object);
    }
    const labelled = !isDeepStrictEqual(object.metadata?.labels, previous?.metadata?.labels);
    if (operation === "create" || labelled || !isDeepStrictEqual(object.spec, previous?.spec)) {
      const problems = problemsOf(resource, object, previous);
      if (problems.length > 0) throw invalid(resource, object.metadata?.name ?? "", problems);
    }
    if (operation === "create") checkQuotas(store, resource, object);
  });
  for (const name of SYSTEM_NAMESPACES) store.create(NAMESPACES, { metadata: { name } });
  return store;
}
