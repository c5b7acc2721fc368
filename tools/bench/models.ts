import type { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { RESOURCES, type Manifest, type Metadata, type Resource, type Stored } from "./population/objects.ts";

/** Where models are made. It is gone before anything is measured. */
export const MODEL_NAMESPACE = "models-of-the-bench";
const WITHOUT_STATUS: readonly Resource[] = ["namespaces", "services", "endpointslices", "events"];

type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

/** The metadata of an object as the API server answers it. */
interface MadeMetadata extends Metadata {
  resourceVersion: string;
  managedFields?: { manager: string; time?: string; subresource?: string }[];
}

/** What the API server made of the first object of its fields. */
interface Model {
  object: Json;
  /** The UID of its owner, which its managed fields name. */
  owner: string;
  /** Its managed fields without who wrote them, and when. */
  managed: { text: string; isStatus: boolean }[];
}

const METADATA = '"metadata":{';

/**
 * Writes objects as the API server would store them. The first of those that have the same fields is created through the
 * API server, which adds its defaults and managed fields; the others take these from it, and have all else of their own.
 */
export class Models {
  readonly #cluster: HttpCluster;
  readonly #models = new Map<string, Promise<Model>>();

  constructor(cluster: HttpCluster) {
    this.#cluster = cluster;
  }

  get count(): number {
    return this.#models.size;
  }

  /** The object as JSON, with everything that the API server would have added. */
  async complete(stored: Stored): Promise<string> {
    const signature = `${stored.resource} ${fieldsOf(stored.object as unknown as Json)}`;
    let model = this.#models.get(signature);
    if (model === undefined) {
      model = this.#make(stored);
      this.#models.set(signature, model);
    }
    const { object, owner, managed } = await model;
    const whole = JSON.stringify(overlay(object, stored.object as unknown as Json));
    const { manager, reported, object: own } = stored;
    const ownOwner = own.metadata.ownerReferences?.[0]?.uid ?? "";
    const fields = managed.map(({ text, isStatus }) => {
      const written = isStatus
        ? { manager: reported.by, time: reported.at }
        : { manager, time: own.metadata.creationTimestamp };
      const said = owner === "" ? text : text.replaceAll(owner, ownOwner);
      return `${JSON.stringify(written).slice(0, -1)},${said.slice(1)}`;
    });
    // The first is the object's own.
    return whole.replace(METADATA, () => `${METADATA}"managedFields":[${fields.join(",")}],`);
  }

  async #make({ resource, object }: Stored): Promise<Model> {
    const { api, namespaced } = RESOURCES[resource];
    const collection = namespaced ? `${api}/namespaces/${MODEL_NAMESPACE}/${resource}` : `${api}/${resource}`;
    const place = namespaced ? { namespace: MODEL_NAMESPACE } : {};
    // Several objects of different fields may have one name, in namespaces of their own.
    const name = namespaced ? `m${this.#models.size}` : object.metadata.name;
    const about = object["involvedObject"];
    const sent = {
      ...object,
      metadata: { ...object.metadata, ...place, name },
      ...(about === undefined ? {} : { involvedObject: { ...about, ...place } }),
    };
    let made = await this.#cluster.create<Manifest>(collection, sent);
    if (!WITHOUT_STATUS.includes(resource)) {
      const status = object["status"];
      made = await this.#cluster.replace<Manifest>(`${collection}/${name}/status`, { ...made, status });
    }
    const { resourceVersion: _version, managedFields = [], ...metadata } = made.metadata as MadeMetadata;
    return {
      object: { ...made, metadata } as unknown as Json,
      owner: object.metadata.ownerReferences?.[0]?.uid ?? "",
      managed: managedFields.map(({ manager: _manager, time: _time, ...field }) => ({
        text: JSON.stringify(field),
        isStatus: field.subresource === "status",
      })),
    };
  }
}

/** Which fields a value has, whatever is in them. */
function fieldsOf(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(fieldsOf).join()}]`;
  if (typeof value !== "object" || value === null) return "";
  return `{${Object.entries(value)
    .map(([key, part]) => key + fieldsOf(part))
    .join()}}`;
}

/** The model, with everything that the object says itself. */
function overlay(model: Json, own: Json): Json {
  if (own === undefined) return model;
  if (Array.isArray(own)) {
    const parts = Array.isArray(model) && model.length === own.length ? model : [];
    return own.map((part, index) => overlay(parts[index], part));
  }
  if (typeof own !== "object" || own === null) return own;
  const base = typeof model === "object" && model !== null && !Array.isArray(model) ? model : {};
  const whole: { [key: string]: Json } = { ...base };
  for (const [key, part] of Object.entries(own)) whole[key] = overlay(base[key], part);
  return whole;
}
