import type { Pod } from "../types.ts";
import { forbidden } from "../api-error.ts";
import { PODS, PRIORITY_CLASSES, RUNTIME_CLASSES, SERVICE_ACCOUNTS } from "../kinds.ts";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";

/** Made by a controller in every namespace, and by the API server: neither is kept here. */
const DEFAULT_ACCOUNT = "default";
const OF_SYSTEM = "system-";

/**
 * Refuses pods that name a service account, a priority class or a runtime class that is not there.
 * Source: kubernetes plugin/pkg/admission (serviceaccount, priority, runtimeclass), admission.go
 * @throws ApiError Forbidden
 */
export function checkNamedObjects(store: Store, resource: Resource, { metadata, spec }: Pod): void {
  if (resource !== PODS) return;
  const { namespace = "", name = "" } = metadata ?? {};
  const { serviceAccountName: account = "", priorityClassName: priority = "", runtimeClassName: runtime } = spec ?? {};
  const refuse = (why: string) => forbidden(resource, name, why);
  if (account !== "" && account !== DEFAULT_ACCOUNT && store.find(SERVICE_ACCOUNTS, namespace, account) === undefined) {
    throw refuse(`error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`);
  }
  if (
    priority !== "" &&
    !priority.startsWith(OF_SYSTEM) &&
    store.find(PRIORITY_CLASSES, undefined, priority) === undefined
  ) {
    throw refuse(`no PriorityClass with name ${priority} was found`);
  }
  if (runtime !== undefined && store.find(RUNTIME_CLASSES, undefined, runtime) === undefined) {
    throw refuse(`pod rejected: RuntimeClass "${runtime}" not found`);
  }
}
