import { isFields, type Fields } from "../api/fields.ts";

/** Parts of the metadata that are left out when they are empty. */
const LEFT_OUT_WHEN_EMPTY = ["labels", "annotations", "finalizers", "ownerReferences"];
/** Fields whose content is somebody else's: a null in it means something. */
const OPAQUE = ["data", "stringData"];

/** Brings an object into the form in which the API gives it out: no nulls, and no empty labels and the like. */
export function normalise(object: Fields): void {
  for (const [name, value] of Object.entries(object)) {
    if (value === null || value === undefined) Reflect.deleteProperty(object, name);
    else if (Array.isArray(value)) {
      for (const element of value) if (isFields(element)) normalise(element);
    } else if (isFields(value) && !OPAQUE.includes(name)) {
      normalise(value);
      if (name === "metadata") dropEmpty(value);
    }
  }
}

function dropEmpty(metadata: Fields): void {
  for (const name of LEFT_OUT_WHEN_EMPTY) {
    const value = metadata[name];
    if (typeof value === "object" && value !== null && Object.keys(value).length === 0)
      Reflect.deleteProperty(metadata, name);
  }
}
