import { badRequest } from "../api-error.ts";
import type { Resource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";
import { fieldAt } from "./fields.ts";

/** The fields that each kind can be selected by, besides its name and namespace. Source: kubernetes pkg/apis, conversion.go */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase"],
  Event: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "type",
  ],
  Namespace: ["status.phase"],
  Node: ["spec.unschedulable"],
  Secret: ["type"],
  Job: ["status.successful"],
};

/** The field of a Job that is called otherwise where it is selected by. Source: kubernetes pkg/apis/batch/v1/conversion.go */
const SUCCEEDED = ["status", "succeeded"];

/**
 * Reads a field selector as it stands in a query: `status.phase!=Succeeded,spec.nodeName=node-0`. A missing field is
 * an empty text.
 * @throws ApiError BadRequest, also for a field that objects of this kind cannot be selected by
 */
export function parseFieldSelector(resource: Resource, text: string): (object: ApiObject) => boolean {
  const requirements = text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      const [, field = "", operator, value = ""] = /^([^=!]+)(==|=|!=)(.*)$/.exec(part) ?? [];
      if (operator === undefined) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
      if (!isSelectable(resource, field)) throw badRequest(unselectable(resource, field));
      return { path: field.split("."), wanted: operator !== "!=", value };
    });
  const textOf = (object: ApiObject, path: readonly string[]) =>
    path[1] === "successful" ? textAt(object, SUCCEEDED) || "0" : textAt(object, path);
  return (object) => requirements.every(({ path, wanted, value }) => (textOf(object, path) === value) === wanted);
}

/** Kinds with fields of their own have their own words for it. */
function unselectable({ kind, custom }: Resource, field: string): string {
  if (kind in SELECTABLE || custom !== undefined) return `field label not supported: ${field}`;
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function isSelectable({ kind, namespaced }: Resource, field: string): boolean {
  if (field === "metadata.name") return true;
  if (field === "metadata.namespace") return namespaced;
  return SELECTABLE[kind]?.includes(field) === true;
}

function textAt(object: ApiObject, path: readonly string[]): string {
  const value = fieldAt(object, path);
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
