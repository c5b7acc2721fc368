import { EVENTS, NAMESPACES, PODS } from "../kinds.ts";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import { fromKey, isBeingDeleted, keyOf, type Controller } from "./controller.ts";

/** Pods come last, so that nothing recreates them, and Events after them. */
function inOrder({ resources }: Store): Resource[] {
  const others = resources.filter((resource) => resource.namespaced && resource !== PODS && resource !== EVENTS);
  return [...others, PODS, EVENTS];
}

/** Empties namespaces that are being deleted, and lets them go. */
export function namespaceController(store: Store): Controller {
  return {
    concernedBy: ({ type, resource, object }) => {
      if (resource === NAMESPACES) return isBeingDeleted(object) ? [keyOf(object.metadata)] : [];
      const name = object.metadata?.namespace;
      return type === "DELETED" && name !== undefined ? [keyOf({ name })] : [];
    },
    reconcile: (key) => {
      const { name } = fromKey(key);
      const namespace = store.find(NAMESPACES, undefined, name);
      if (namespace === undefined || !isBeingDeleted(namespace)) return undefined;
      const content = () =>
        inOrder(store).flatMap((resource) => store.list(resource, name).map((object) => ({ resource, object })));
      for (const { resource, object } of content()) {
        if (!isBeingDeleted(object)) store.delete(resource, name, object.metadata?.name ?? "");
      }
      if (content().length === 0) letGo(store, namespace);
      return undefined;
    },
  };
}

function letGo(store: Store, { metadata }: ApiObject): void {
  store.change(NAMESPACES, { name: metadata?.name }, (namespace) => {
    namespace.spec = { ...(namespace.spec as object), finalizers: [] };
  });
}
