/**
 * The part of Kubernetes' protobuf encoding that Helm writes its releases in: a Secret. Go clients send core kinds so, and an
 * API server takes JSON and this alike. Source: k8s.io/apimachinery pkg/runtime/serializer/protobuf; k8s.io/api core/v1 and
 * apimachinery meta/v1 generated.proto
 */

export const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** What stands before each message. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** Numbers of fields in `runtime.Unknown` and `TypeMeta`, in `Secret`, and in `ObjectMeta`. */
const UNKNOWN = { typeMeta: 1, raw: 2 } as const;
const TYPE_META = { apiVersion: 1, kind: 2 } as const;
const SECRET = { metadata: 1, data: 2, type: 3, stringData: 4 } as const;
const META = { name: 1, namespace: 3, uid: 5, resourceVersion: 6, labels: 11, annotations: 12 } as const;
const ENTRY = { key: 1, value: 2 } as const;

/** How fields are laid out. Source: protobuf.dev/programming-guides/encoding */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The Secret in a body as JSON; undefined for anything else. */
export function secretAsJson(body: Buffer): string | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const unknown = fieldsIn(body.subarray(MAGIC.length));
  const type = fieldsIn(one(unknown, UNKNOWN.typeMeta) ?? Buffer.alloc(0));
  const [apiVersion, kind] = [text(type, TYPE_META.apiVersion), text(type, TYPE_META.kind)];
  if (apiVersion !== "v1" || kind !== "Secret") return undefined;
  const secret = fieldsIn(one(unknown, UNKNOWN.raw) ?? Buffer.alloc(0));
  const meta = fieldsIn(one(secret, SECRET.metadata) ?? Buffer.alloc(0));
  const { labels, annotations, ...plain } = META;
  const metadata = {
    ...Object.fromEntries(Object.entries(plain).flatMap(([name, number]) => filled(name, text(meta, number)))),
    labels: entries(meta, labels, "utf8"),
    annotations: entries(meta, annotations, "utf8"),
  };
  const data = entries(secret, SECRET.data, "base64");
  const stringData = entries(secret, SECRET.stringData, "utf8");
  return JSON.stringify({ apiVersion, kind, metadata, data, stringData, type: text(secret, SECRET.type) || undefined });
}

type Message = ReadonlyMap<number, readonly Buffer[]>;

/** The fields of a message that are texts, bytes or messages, by number. @throws Error for what is none */
function fieldsIn(message: Buffer): Message {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    switch (tag & 7) {
      case VARINT:
        varint();
        break;
      case FIXED64:
        at += 8;
        break;
      case FIXED32:
        at += 4;
        break;
      case BYTES: {
        const end = varint() + at;
        const number = Math.floor(tag / 8);
        fields.set(number, [...(fields.get(number) ?? []), message.subarray(at, end)]);
        at = end;
        break;
      }
      default:
        throw new Error(`there is no wire type ${tag & 7}`);
    }
  }
  return fields;
}

function one(message: Message, number: number): Buffer | undefined {
  return message.get(number)?.at(-1);
}

function text(message: Message, number: number): string {
  return one(message, number)?.toString("utf8") ?? "";
}

/** A field that is not there is empty in protobuf, and left out in JSON. */
function filled(name: string, value: string): [string, string][] {
  return value === "" ? [] : [[name, value]];
}

/** A map; undefined where it is empty. */
function entries(message: Message, number: number, encoding: "utf8" | "base64"): Record<string, string> | undefined {
  const all = (message.get(number) ?? []).map((bytes): [string, string] => {
    const entry = fieldsIn(bytes);
    return [text(entry, ENTRY.key), one(entry, ENTRY.value)?.toString(encoding) ?? ""];
  });
  return all.length === 0 ? undefined : Object.fromEntries(all);
}
