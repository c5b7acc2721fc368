import { ApiError } from "../api-error.ts";
import { isSameResource, type Resource } from "../resources.ts";
import type { Change, Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";

/** How many changes can be told to somebody who watches from an earlier resource version. */
const KEPT = 2_000;

export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: ApiObject;
}

/** What somebody watches. */
export interface Watched {
  resource: Resource;
  namespace?: string | undefined;
  selects: (object: ApiObject) => boolean;
}

interface Step extends Change {
  version: number;
  /** The object before the change. */
  previous: ApiObject | undefined;
}

/** Remembers the last changes of a store, and tells of them and of those that follow. */
export class WatchCache {
  readonly #store: Store;
  readonly #steps: Step[] = [];
  readonly #watchers = new Set<(step: Step) => void>();
  readonly #newest = new Map<string, ApiObject>();
  readonly #end: () => void;
  /** Changes after this version are remembered. */
  #oldest: number;

  constructor(store: Store) {
    this.#store = store;
    this.#oldest = Number(store.version);
    this.#end = store.onChange((change) => {
      this.#note(change);
    });
  }

  /**
   * Tells of every change after a resource version; of what there is now first, when none is given.
   * @returns what ends it
   * @throws ApiError Expired (410) when changes after that version are forgotten
   */
  watch(watched: Watched, since: string | undefined, tell: (event: WatchEvent) => void): () => void {
    const watcher = (step: Step) => {
      const event = eventOf(watched, step);
      if (event !== undefined) tell(event);
    };
    if (since === undefined || since === "" || since === "0") {
      const { resource, namespace, selects } = watched;
      for (const object of this.#store.list(resource, namespace).filter(selects)) tell({ type: "ADDED", object });
    } else {
      const version = Number(since);
      if (version < this.#oldest) {
        throw new ApiError(410, "Expired", `too old resource version: ${since} (${this.#oldest})`);
      }
      for (const step of this.#steps.filter((candidate) => candidate.version > version)) watcher(step);
    }
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  stop(): void {
    this.#end();
    this.#watchers.clear();
  }

  #note(change: Change): void {
    const { uid = "", resourceVersion } = change.object.metadata ?? {};
    const step = { ...change, version: Number(resourceVersion), previous: this.#newest.get(uid) };
    if (change.type === "DELETED") this.#newest.delete(uid);
    else this.#newest.set(uid, change.object);
    this.#steps.push(step);
    if (this.#steps.length > KEPT) this.#oldest = this.#steps.shift()?.version ?? this.#oldest;
    for (const watcher of this.#watchers) watcher(step);
  }
}

/** The change as one sees it who watches a selection: an object that leaves it is deleted, one that enters it is added. */
function eventOf({ resource, namespace, selects }: Watched, step: Step): WatchEvent | undefined {
  if (!isSameResource(step.resource, resource)) return undefined;
  const { type, object, previous } = step;
  if (namespace !== undefined && object.metadata?.namespace !== namespace) return undefined;
  const selected = selects(object);
  // What was there before the cache is taken to have been selected as it is now.
  const wasSelected = type !== "ADDED" && (previous === undefined ? selected : selects(previous));
  if (type === "DELETED") return wasSelected ? { type, object } : undefined;
  if (selected) return { type: wasSelected ? "MODIFIED" : "ADDED", object };
  return wasSelected ? { type: "DELETED", object } : undefined;
}
