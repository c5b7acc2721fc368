import type { Connection } from "../../../functions/shared/cluster/http-cluster.ts";
import { EVENTS, type ApiObject, type Store } from "../../../local/embedded/index.ts";

/** How long an API server keeps Events. Source: kube-apiserver, --event-ttl */
const EVENT_SECONDS = 3_600;

/** Whoever asks the embedded cluster, by their name. */
export function connect(server: string, userAgent: string): Connection {
  return { name: "embedded", server, authenticate: () => Promise.resolve({ "user-agent": userAgent }) };
}

/** As an API server does with Events. */
export function forgetEvents(store: Store, now: Date): void {
  const old = (event: ApiObject) =>
    now.getTime() - Date.parse(event.metadata?.creationTimestamp ?? "") > EVENT_SECONDS * 1_000;
  for (const { metadata } of store.list(EVENTS, undefined, old))
    store.delete(EVENTS, metadata?.namespace, metadata?.name ?? "");
}
