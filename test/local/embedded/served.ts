import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { admittingStore } from "../../../local/embedded/admission.ts";
import type { Clock } from "../../../local/embedded/clock.ts";
import { NAMESPACES } from "../../../local/embedded/kinds.ts";
import { startApiServer, type AnsweredRequest } from "../../../local/embedded/server.ts";
import type { Store } from "../../../local/embedded/store.ts";
import type { ApiObject } from "../../../local/embedded/api-object.ts";
import { ManualClock } from "../../support/manual-clock.ts";

/** What a plain request is answered with. */
export interface Answered {
  status: number;
  body: ApiObject & { message?: string; reason?: string; details?: object; items?: ApiObject[] };
  headers: Headers;
}

/** An embedded API server with a namespace `shop`, its store, and the workflow's own client of it. */
export interface Served<C extends Clock = ManualClock> {
  clock: C;
  store: Store;
  url: string;
  cluster: HttpCluster;
  /** Every request that was answered. */
  log: AnsweredRequest[];
  request: (method: string, path: string, body?: unknown, contentType?: string) => Promise<Answered>;
  stop: () => Promise<void>;
}

export async function served(): Promise<Served>;
export async function served<C extends Clock>(clock: C): Promise<Served<C>>;
export async function served(clock: Clock = new ManualClock()): Promise<Served<Clock>> {
  const store = admittingStore(clock);
  store.create(NAMESPACES, { metadata: { name: "shop" } });
  const log: AnsweredRequest[] = [];
  const { url, stop } = await startApiServer(store, { onAnswered: (request) => log.push(request) });
  const cluster = new HttpCluster({ name: "embedded", server: url, authenticate: () => Promise.resolve({}) });
  const request = async (method: string, path: string, body?: unknown, contentType = "application/json") => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: text, headers: { "content-type": contentType } }),
    });
    const answer = await response.text();
    const parsed = (answer.startsWith("{") ? JSON.parse(answer) : { message: answer }) as Answered["body"];
    return { status: response.status, body: parsed, headers: response.headers };
  };
  return { clock, store, url, cluster, log, request, stop };
}

/** A Deployment as somebody writes it who leaves out what has a default. */
export function web(overrides: { name?: string; spec?: object } = {}): object {
  return {
    metadata: { name: overrides.name ?? "web", labels: { app: "web" } },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "app", image: "shop/web:1" }] },
      },
      ...overrides.spec,
    },
  };
}

/** A pod that wants so much CPU. */
export function pod(name: string, { labels = {}, cpu }: { labels?: object; cpu?: string } = {}): object {
  const resources = cpu === undefined ? {} : { resources: { requests: { cpu } } };
  return { metadata: { name, labels }, spec: { containers: [{ name: "app", image: "shop/web:1", ...resources }] } };
}
