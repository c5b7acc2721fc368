import { isFields } from "../api/fields.ts";
import { mergePatch } from "../api/merge-patch.ts";
import { ApiError, notFound } from "../api-error.ts";
import { keyOf, type Controller } from "../controllers/controller.ts";
import { EventRecorder } from "../controllers/events.ts";
import { groupVersionOf, type Resource } from "../resources.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import { isFor } from "./selector.ts";
import { patchesOf, type Stage } from "./stage.ts";
import { rendered } from "./template.ts";

/** Who says that a stage was taken, as on the local control plane. */
const COMPONENT = "kwok_controller";

/** The name under which KWOK writes. */
const MANAGER = "kwok";

/** A stage that an object is about to take, as the object was when that was decided. */
interface Awaited {
  stage: Stage;
  resource: Resource;
  object: ApiObject;
  /** In milliseconds of the cluster's clock. */
  due: number;
}

/**
 * Plays stages: whenever an object changes, the first one that is for it is awaited, in place of an earlier one. A change
 * after which none is for it leaves an earlier one awaited, as KWOK does.
 * Source: sigs.k8s.io/kwok/pkg/kwok/controllers/stage_controller.go
 */
export function stagePlayer(store: Store, stages: readonly Stage[]): Controller {
  const events = new EventRecorder(store, COMPONENT);
  const awaited = new Map<string, Awaited>();
  const changed = new Map<string, { resource: Resource; object: ApiObject }>();

  const decide = (key: string) => {
    const change = changed.get(key);
    if (change === undefined) return;
    changed.delete(key);
    const { resource, object } = change;
    const stage = stages.find(({ spec }) => isOf(spec.resourceRef, resource) && isFor(spec.selector, object));
    if (stage === undefined) return;
    const due = store.clock.now().getTime() + (stage.spec.delay?.durationMilliseconds ?? 0);
    awaited.set(key, { stage, resource, object, due });
  };

  return {
    concernedBy: ({ type, resource, object }) => {
      if (!stages.some(({ spec }) => isOf(spec.resourceRef, resource))) return [];
      const key = `${resource.plural}.${resource.group} ${keyOf(object.metadata)}`;
      if (type === "DELETED") {
        changed.delete(key);
        awaited.delete(key);
        return [];
      }
      changed.set(key, { resource, object });
      return [key];
    },
    reconcile: (key) => {
      decide(key);
      const next = awaited.get(key);
      if (next === undefined) return undefined;
      const left = (next.due - store.clock.now().getTime()) / 1_000;
      if (left > 0) return left;
      awaited.delete(key);
      take(store, events, next);
      return undefined;
    },
  };
}

function isOf({ apiGroup, kind }: Stage["spec"]["resourceRef"], resource: Resource): boolean {
  return resource.kind === kind && groupVersionOf(resource) === apiGroup;
}

/** Takes a stage. One that cannot be taken says so in an Event, and is over. */
function take(store: Store, events: EventRecorder, { stage, resource, object }: Awaited): void {
  const { next } = stage.spec;
  if (next.event !== undefined) {
    const { type, reason, message } = next.event;
    if (type === "Normal") events.normal(object, reason, message);
    else events.warning(object, reason, message);
  }
  try {
    for (const { subresource, root, template } of patchesOf(next)) {
      const value = rendered(template, object, store.clock.now());
      const patch = root === undefined ? value : { [root]: value };
      if (!isFields(patch)) throw new Error("a template gives no object");
      change(store, resource, object, subresource === "status", (newest) => mergePatch(newest, patch));
    }
    if (next.delete === true) store.delete(resource, object.metadata?.namespace, object.metadata?.name ?? "");
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof ApiError && error.reason === "NotFound") return;
    events.warning(object, "StageFailed", `Stage ${stage.metadata.name}: ${error.message}`);
  }
}

function change(
  store: Store,
  resource: Resource,
  { metadata = {} }: ApiObject,
  status: boolean,
  patched: (newest: ApiObject) => ApiObject,
): void {
  if (status && !resource.status) throw notFound(resource, metadata.name ?? "");
  const newest = store.get(resource, metadata.namespace, metadata.name ?? "");
  store.update(resource, patched(newest), { status, writer: { manager: MANAGER, operation: "Update" } });
}
