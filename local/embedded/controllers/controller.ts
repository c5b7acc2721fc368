import type { Change, Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import type { ObjectMeta } from "../types.ts";
import { isControlledBy } from "./owner.ts";
import type { Resource } from "../resources.ts";
import { WorkQueue } from "../work-queue.ts";

/** A control loop over the objects of one kind: it compares what is with what should be, and takes the next step. */
export interface Controller {
  /** The keys of the objects that a change concerns. */
  concernedBy(change: Change): string[];
  /**
   * Looks at one object, and answers after how many seconds it wants to look again if nothing changes meanwhile.
   * @throws ApiError when the API refuses something; it is tried again later
   */
  reconcile(key: string): number | undefined;
}

/** Runs controllers; the answer ends them. Everything that is there already counts as just added. */
export function runControllers(store: Store, controllers: readonly Controller[]): () => void {
  const queues = controllers.map((controller) => ({
    controller,
    queue: new WorkQueue(store.clock, (key) => controller.reconcile(key)),
  }));
  const enqueue = (change: Change) => {
    for (const { controller, queue } of queues) {
      for (const key of controller.concernedBy(change)) queue.add(key);
    }
  };
  const unsubscribe = store.onChange(enqueue);
  for (const resource of store.resources) {
    for (const object of store.list(resource)) enqueue({ type: "ADDED", resource, object });
  }
  return () => {
    unsubscribe();
    for (const { queue } of queues) queue.stop();
  };
}

/** An object among those of its kind: `namespace/name`, or `/name` for one that has no namespace. */
export function keyOf(metadata: ObjectMeta | undefined): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

/** The namespace and the name that a key stands for. */
export function fromKey(key: string): { namespace: string; name: string } {
  const [namespace = "", name = ""] = key.split("/");
  return { namespace, name };
}

/** The key of the object itself when it is of that resource, of its controller when that is; otherwise none. */
export function ownKeys({ resource, object }: Change, own: Resource): string[] {
  if (resource === own) return [keyOf(object.metadata)];
  const controller = object.metadata?.ownerReferences?.find((owner) => owner.controller === true);
  return controller?.kind === own.kind ? [`${object.metadata?.namespace ?? ""}/${controller.name}`] : [];
}

/** The objects of a resource that another one controls. */
export function controlledBy<T extends ApiObject>(store: Store, resource: Resource, owner: ApiObject): T[] {
  const { namespace } = owner.metadata ?? {};
  return store.list<T>(resource, namespace, ({ metadata }) => isControlledBy(metadata, owner.metadata));
}

/** Whether somebody has asked for the object to be deleted. */
export function isBeingDeleted({ metadata }: ApiObject): boolean {
  return metadata?.deletionTimestamp !== undefined;
}
