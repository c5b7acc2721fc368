import type { IncomingHttpHeaders } from "node:http";

/** An answer without what differs from server to server although the same happened. Fields are in alphabetical order. */
export interface NormalAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** The headers that clients act on. */
const HEADERS = ["content-type", "retry-after", "warning"];

const UID = /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const MOMENT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
/** A version within a message, with the words that say that it is one. */
const VERSION = /(resource ?version[^\d]{0,30}|current: )\d+/gi;
const AGE = /^(\d+[ydhms])+$/;

type Fields = Record<string, unknown>;
type Rule = (fields: Fields) => Fields;

/** What is left out, or said otherwise, of a group of fields that stand beside each other. */
const RULES: readonly Rule[] = [
  withoutNulls,
  withoutRandomNames,
  withStatusWrite,
  withoutServiceAccount,
  withoutDescription,
  withResourcesInOrder,
];

/** Normalises the answers of one chapter: the same uid, or version of an object, is called the same in all of them. */
export class Normaliser {
  /** By uid, the name of the object that has it. */
  readonly #names = new Map<string, string>();
  /** The versions of each object, by its uid, in the order in which they came. */
  readonly #versions = new Map<string, string[]>();

  answer(status: number, headers: IncomingHttpHeaders, body: unknown): NormalAnswer {
    const kept = HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]));
    const text = headers["content-type"]?.includes("protobuf") === true ? "bytes" : body;
    return { status, headers: Object.fromEntries(kept) as Record<string, string>, body: this.#value(text, "") };
  }

  #value(value: unknown, field: string): unknown {
    if (typeof value === "string") return this.#text(value, field);
    if (Array.isArray(value)) return value.map((element) => this.#value(element, field));
    if (typeof value !== "object" || value === null) return value;
    const ruled = RULES.reduce((fields, rule) => rule(fields), value as Fields);
    const fields = Object.entries(this.#identified(ruled)).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(fields.map(([name, each]) => [name, this.#value(each, name)]));
  }

  /** A uid is told by its object's name. A version says whether the object was changed; that of a list, where others write, nothing. */
  #identified({ uid, resourceVersion, ...rest }: Fields): Fields {
    if (typeof uid === "string" && typeof rest["name"] === "string") this.#names.set(uid, rest["name"]);
    return {
      ...rest,
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion: this.#version(uid, resourceVersion) }),
    };
  }

  #version(uid: unknown, version: unknown): string {
    if (typeof uid !== "string" || typeof version !== "string") return "a version";
    const known = this.#versions.get(uid) ?? [];
    if (!known.includes(version)) known.push(version);
    this.#versions.set(uid, known);
    return `version ${known.indexOf(version) + 1} that was seen`;
  }

  #text(text: string, field: string): string {
    if (field === "continue") return "a token";
    if (field === "resourceVersion") return text;
    if (field === "cells" && AGE.test(text)) return "an age";
    return text
      .replace(UID, (uid) => `uid of ${this.#names.get(uid) ?? "nothing"}`)
      .replace(MOMENT, (_moment, fraction?: string) => (fraction === undefined ? "a moment" : "a moment in fractions"))
      .replace(VERSION, "$1a version");
  }
}

/** What is not set is null for some types of the real server, and left out for others. */
function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** Generated names end at random. */
function withoutRandomNames(fields: Fields): Fields {
  const { generateName } = fields;
  return typeof generateName === "string" ? { ...fields, name: `${generateName}…` } : fields;
}

/** Who owns which field is not compared; since when the status is as it is, is. */
function withStatusWrite({ managedFields, ...fields }: Fields): Fields {
  if (!Array.isArray(managedFields)) return fields;
  const writes = (managedFields as Fields[]).filter(({ subresource }) => subresource === "status");
  const [last] = writes.map(({ operation, subresource, time }) => ({ operation, subresource, time }));
  return last === undefined ? fields : { ...fields, managedFields: [last] };
}

/** Without controllers there are no service accounts, and the real server runs without the admission that names one. */
function withoutServiceAccount({ serviceAccount: _account, serviceAccountName: _name, ...fields }: Fields): Fields {
  return fields;
}

/** A column's description is for people who read about the API. */
function withoutDescription(fields: Fields): Fields {
  const { description: _description, ...rest } = fields;
  return "format" in fields ? rest : fields;
}

/** The API server lists the resources of custom kinds in no order of its own. */
function withResourcesInOrder(fields: Fields): Fields {
  if (fields["kind"] !== "APIResourceList" || !Array.isArray(fields["resources"])) return fields;
  const nameOf = (resource: unknown) => String((resource as Fields)["name"]);
  return { ...fields, resources: fields["resources"].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)) };
}
