import { setTimeout as sleep } from "node:timers/promises";
import type { Forwarded, Outgoing } from "../faults/proxy/forward.ts";
import { apiTime, groupVersionOf, pathOf, resourceOfKind } from "../../local/embedded/index.ts";
import type { Chapter, Exchange } from "./chapter.ts";
import { Normaliser, type NormalAnswer } from "./normalise.ts";

/** An API server without controllers: objects stay as they are written. */
export interface ContractServer {
  /** The present time, as the server takes it. */
  now: () => Date;
  send: (request: Outgoing) => Promise<Forwarded>;
  /** Forgets every version but the newest. */
  forget: () => Promise<void>;
}

/** One request, and what it was answered with. */
export interface Played {
  /** The chapter and the sentence. */
  name: string;
  request: Outgoing;
  answer: NormalAnswer;
}

type Manifest = Chapter["state"][number];
/** What was answered last: objects under `KIND/NAME`, and everything under `last`. */
type Seen = Map<string, unknown>;
/** What a placeholder stands for. */
type ValueOf = (reference: string) => unknown;

/** Plays a chapter on a server. @throws Error when its state cannot be made, or a placeholder stands for nothing */
export async function play(chapter: Chapter, server: ContractServer): Promise<Played[]> {
  const seen: Seen = new Map();
  const valueOf: ValueOf = (reference) => momentOf(reference, server) ?? answeredValue(reference, seen);
  await make(server, { apiVersion: "v1", kind: "Namespace", metadata: { name: chapter.name } }, seen);
  for (const manifest of chapter.state) await make(server, filledIn(manifest, valueOf) as Manifest, seen);
  const normaliser = new Normaliser();
  const played: Played[] = [];
  for (const exchange of chapter.exchanges) {
    if (exchange.after_forgetting === true) await server.forget();
    const request = requestOf(exchange, valueOf);
    if (/[?&]resourceVersion=0(&|$)/.test(request.path)) await caughtUp(server, request.path);
    const { status, headers, body } = await server.send(request);
    const answered = parsed(body.toString("utf8"), request.path);
    remember(seen, answered);
    played.push({
      name: `${chapter.name}: ${exchange.it}`,
      request,
      answer: normaliser.answer(status, headers, answered),
    });
  }
  return played;
}

/** Creates an object, and gives it the status that it says. */
async function make(server: ContractServer, manifest: Manifest, seen: Seen): Promise<void> {
  const resource = resourceOfKind(manifest.kind);
  if (groupVersionOf(resource) !== manifest.apiVersion)
    throw new Error(`${manifest.kind} is not ${manifest.apiVersion}.`);
  const namespace = manifest.metadata["namespace"] as string | undefined;
  let made = await write(server, "POST", pathOf(resource, namespace), manifest);
  const status = manifest["status"];
  if (resource.status && status !== undefined) {
    const path = `${pathOf(resource, namespace, manifest.metadata.name)}/status`;
    made = await write(server, "PUT", path, { ...(made as object), status });
  }
  remember(seen, made);
  if (manifest.kind === "CustomResourceDefinition") await served(server, manifest);
}

/** Waits until a server serves what a definition brings, which a real one does a moment later. */
async function served(server: ContractServer, manifest: Manifest): Promise<void> {
  const { group, names, versions } = manifest["spec"] as DefinitionSpec;
  const path = `/apis/${group}/${versions[0]?.name ?? ""}/${names.plural}`;
  const deadline = Date.now() + SERVED_SECONDS * 1_000;
  while ((await server.send(outgoing("GET", path, {}, ""))).status !== 200) {
    if (Date.now() > deadline) throw new Error(`${path} is not served after ${SERVED_SECONDS} s.`);
    await sleep(100);
  }
}

/**
 * Waits until the watch cache that a read is answered from holds what was written before: a read of
 * `resourceVersion=0` takes it as it is, and a real server's is behind by a moment. A list without a version is
 * answered from that cache once it has caught up.
 */
async function caughtUp(server: ContractServer, path: string): Promise<void> {
  const [collection = path] = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(\/namespaces\/[^/]+)?\/[^/?]+/.exec(path) ?? [];
  await server.send(outgoing("GET", collection, {}, ""));
}

interface DefinitionSpec {
  group: string;
  names: { plural: string };
  versions: { name: string }[];
}

/** How long a server may take to serve what a definition brings. */
const SERVED_SECONDS = 20;

async function write(server: ContractServer, method: string, path: string, object: unknown): Promise<unknown> {
  const answer = await server.send(
    outgoing(method, path, { "content-type": "application/json" }, JSON.stringify(object)),
  );
  const text = answer.body.toString("utf8");
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

function requestOf({ send, accept, type, body, text }: Exchange, valueOf: ValueOf): Outgoing {
  const [method = "", path = ""] = filled(send, valueOf).split(" ");
  const sent = text ?? (body === undefined ? "" : JSON.stringify(filledIn(body, valueOf)));
  const contentType = type ?? (sent === "" ? undefined : "application/json");
  return outgoing(
    method,
    path,
    { accept, ...(contentType === undefined ? {} : { "content-type": contentType }) },
    sent,
  );
}

function outgoing(method: string, path: string, given: Record<string, string>, text: string): Outgoing {
  const body = Buffer.from(text);
  // Node announces no length for a deletion, whose body would be taken for the next request.
  const length = body.length === 0 ? {} : { "content-length": String(body.length) };
  return { method, path, headers: { accept: "application/json", "user-agent": "contract", ...length, ...given }, body };
}

/** A JSON value, the events of a watch as a list of them, or text. */
function parsed(text: string, path: string): unknown {
  try {
    if (/[?&]watch=/.test(path))
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown);
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function remember(seen: Seen, answered: unknown): void {
  seen.set("last", answered);
  const { kind, metadata } = (answered ?? {}) as Partial<Manifest>;
  if (kind !== undefined && metadata?.name !== undefined) seen.set(`${kind}/${metadata.name}`, answered);
}

const PLACEHOLDER = /\$\{([^}]+)\}/g;
const DAY_MS = 86_400_000;

/** A text with what its placeholders stand for. */
function filled(text: string, valueOf: ValueOf): string {
  return text.replace(PLACEHOLDER, (_whole, reference: string) => String(valueOf(reference)));
}

/** The same for every text of a value. One that is nothing but a placeholder may stand for any value. */
function filledIn(value: unknown, valueOf: ValueOf): unknown {
  if (typeof value === "string") {
    const whole = /^\$\{([^}]+)\}$/.exec(value);
    return whole === null ? filled(value, valueOf) : valueOf(whole[1] ?? "");
  }
  if (Array.isArray(value)) return value.map((element) => filledIn(element, valueOf));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, filledIn(field, valueOf)]));
}

/** The moment of a reference such as `AGO:177d`, so many days before the present time of the server. */
function momentOf(reference: string, { now }: ContractServer): string | undefined {
  const days = /^AGO:(\d+)d$/.exec(reference)?.[1];
  return days === undefined ? undefined : apiTime(new Date(now().getTime() - Number(days) * DAY_MS));
}

/** The value of a reference such as `Pod/web-1:metadata.uid`. */
function answeredValue(reference: string, seen: Seen): unknown {
  const [from = "", path = ""] = reference.split(":");
  const value = path
    .split(".")
    .reduce<unknown>((of, name) => (of as Record<string, unknown> | undefined)?.[name], seen.get(from));
  if (value === undefined) throw new Error(`\${${reference}} stands for nothing that was answered.`);
  return value;
}
