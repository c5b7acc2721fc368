import type { ObjectMeta } from "../kubernetes/types.ts";
import type { Access } from "./exchange.ts";

/** Options of a write. */
export interface WriteOptions {
  /** Let the API server run admission and validation, and persist nothing (`dryRun=All`). */
  dryRun?: boolean;
}

/** One operation of a JSON patch (RFC 6902). */
export type JsonPatchOperation =
  { op: "test" | "add" | "replace"; path: string; value: unknown } | { op: "remove"; path: string };

/** What must still be true of an object for a delete or an eviction to happen. */
export interface Preconditions {
  uid: string;
  resourceVersion?: string;
}

/**
 * A Kubernetes API server, as the domain modules see it. Paths are absolute API paths made by `paths.ts`.
 *
 * Every method throws a `RemediationError`: `ClusterUnreachable` (no connection), `ClusterUnavailable` (5xx),
 * `ClusterThrottled` (429), `Unauthorized` (401), `Forbidden` (403), `NotFound` (404), `ObjectChanged` (409, or a failed
 * precondition), `WriteRefused` (any other refusal), `TooMuchToRead` (the answer is larger than may be kept in memory).
 */
export interface Cluster {
  /** The name used in messages. */
  readonly name: string;
  /** How another program reaches it as the same user; absent where none can. */
  access?: () => Promise<Access>;
  /** Reads one object: the newest state, unless the query says otherwise. */
  get<T>(path: string, query?: Record<string, string>): Promise<T>;
  /** Reads the metadata of one object alone, its annotations included: what else it holds is not sent. */
  metadata(path: string): Promise<ObjectMeta>;
  /** Reads a text, such as a log, as it is. What it holds is bounded by the query. */
  text(path: string, query?: Record<string, string>): Promise<string>;
  /**
   * Reads a collection as the API server prints it, from its watch cache: a fraction of a list's cost, and possibly some
   * moments old. Of the objects nothing comes with it, unless the query says otherwise (`includeObject`).
   * @param most how many objects of usual size the answer may weigh; where nothing is said, as much as one answer may
   */
  table<T>(path: string, query?: Record<string, string>, most?: number): Promise<T>;
  /**
   * Lists a collection page by page: the newest state, unless the query says otherwise.
   * @param keep what is kept of each object, so that a page is in memory at a time; without it all of them are
   * @throws RemediationError `TooMuchToRead` when all of them are more than may be kept
   */
  list<T, Kept = T>(path: string, query?: Record<string, string>, keep?: (object: T) => Kept): Promise<Kept[]>;
  /** Lists a collection that holds at most so many objects of usual size, in one request; undefined when it holds more. */
  listSmall<T>(path: string, most: number, query?: Record<string, string>): Promise<T[] | undefined>;
  create<T>(path: string, body: object, options?: WriteOptions): Promise<T>;
  replace<T>(path: string, body: object, options?: WriteOptions): Promise<T>;
  patch<T>(path: string, operations: JsonPatchOperation[], options?: WriteOptions): Promise<T>;
  delete(path: string, preconditions: Preconditions, options?: WriteOptions): Promise<void>;
  /** Evicts a pod through the Eviction API. @throws also `DisruptionBudgetExhausted` when a PodDisruptionBudget holds it. */
  evict(namespace: string, pod: string, preconditions: Preconditions, options?: WriteOptions): Promise<void>;
}

/** A cluster that can only be read. */
export type Reader = Pick<Cluster, "name" | "get" | "metadata" | "text" | "list" | "listSmall" | "table">;
