import type { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { RESOURCES, type Manifest, type Resource, type Stored } from "./population/objects.ts";

/** Where models are made. It is gone before anything is measured. */
export const MODEL_NAMESPACE = "models-of-the-bench";
const WITHOUT_STATUS: readonly Resource[] = ["namespaces", "services", "endpointslices", "events"];

type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };
interface ManagedField {
  manager: string;
  time?: string;
  subresource?: string;
}

/**
 * Writes objects as the API server would store them. The first of those that have the same fields is created through the
 * API server, which adds its defaults and managed fields; the others take these from it, and have all else of their own.
 */
export class Models {
  readonly #cluster: HttpCluster;
  readonly #models = new Map<string, Promise<{ object: Json; owner: string }>>();

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
    const { object, owner } = await model;
    const whole = overlay(object, stored.object as unknown as Json) as unknown as Manifest & {
      metadata: { managedFields?: ManagedField[] };
    };
    const ownOwner = stored.object.metadata.ownerReferences?.[0]?.uid ?? "";
    const fields = JSON.stringify(whole.metadata.managedFields ?? []).replaceAll(owner || " ", ownOwner);
    const {
      manager,
      reported,
      object: { metadata },
    } = stored;
    whole.metadata.managedFields = (JSON.parse(fields) as ManagedField[]).map((field) => ({
      ...field,
      ...(field.subresource === "status"
        ? { manager: reported.by, time: reported.at }
        : { manager, time: metadata.creationTimestamp }),
    }));
    return JSON.stringify(whole);
  }

  async #make({ resource, object }: Stored): Promise<{ object: Json; owner: string }> {
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
    const { resourceVersion: _version, ...metadata } = made.metadata as Manifest["metadata"] & {
      resourceVersion: string;
    };
    const owner = object.metadata.ownerReferences?.[0]?.uid ?? "";
    return { object: { ...made, metadata } as unknown as Json, owner };
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
