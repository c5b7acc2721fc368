import { randomBytes } from "node:crypto";
import { ApiError } from "../api-error.ts";
import { apiTime } from "../clock.ts";
import { EVENTS } from "../kinds.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";

/** Writes Events about objects, in the name of one component; one that is said again is counted. */
export class EventRecorder {
  readonly #store: Store;
  readonly #component: string;
  /** The name of the Event that says it already. */
  readonly #said = new Map<string, string>();

  constructor(store: Store, component: string) {
    this.#store = store;
    this.#component = component;
  }

  normal(about: ApiObject, reason: string, message: string): void {
    this.#record(about, "Normal", reason, message);
  }

  warning(about: ApiObject, reason: string, message: string): void {
    this.#record(about, "Warning", reason, message);
  }

  #record(about: ApiObject, type: "Normal" | "Warning", reason: string, message: string): void {
    const { uid = "", name = "", namespace = "default" } = about.metadata ?? {};
    const now = apiTime(this.#store.clock.now());
    const content = JSON.stringify([uid, reason, message]);
    const known = { namespace, name: this.#said.get(content) };
    const counted = this.#store.change(EVENTS, known, (event) => {
      event["count"] = Number(event["count"]) + 1;
      event["lastTimestamp"] = now;
    });
    if (counted !== undefined) return;
    try {
      const { metadata } = this.#store.create<ApiObject>(EVENTS, {
        metadata: { namespace, name: `${name}.${randomBytes(8).toString("hex")}` },
        involvedObject: {
          apiVersion: about.apiVersion,
          kind: about.kind,
          name,
          namespace: about.metadata?.namespace,
          uid,
          resourceVersion: about.metadata?.resourceVersion,
        },
        type,
        reason,
        message,
        count: 1,
        firstTimestamp: now,
        lastTimestamp: now,
        source: { component: this.#component },
        reportingComponent: this.#component,
        reportingInstance: "",
      });
      this.#said.set(content, metadata?.name ?? "");
    } catch (error) {
      // An Event is a courtesy: its namespace may be gone.
      if (!(error instanceof ApiError)) throw error;
    }
  }
}
