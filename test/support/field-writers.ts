import type { ObjectMeta } from "../../functions/shared/kubernetes/types.ts";
import { ago } from "./objects.ts";

/** Metadata by which that manager wrote these fields last, an hour ago unless told otherwise. */
export function fieldsBy(
  manager: string,
  fieldsV1: object,
  { at = ago(3_600), subresource }: { at?: string; subresource?: string } = {},
): Required<Pick<ObjectMeta, "managedFields">> {
  const place = subresource === undefined ? {} : { subresource };
  return {
    managedFields: [
      { manager, operation: "Update", apiVersion: "apps/v1", fieldsType: "FieldsV1", fieldsV1, time: at, ...place },
    ],
  };
}

/** As `fieldsBy`, for several writers of one object. */
export function writtenBy(...writers: Parameters<typeof fieldsBy>[]): Required<Pick<ObjectMeta, "managedFields">> {
  return { managedFields: writers.flatMap((writer) => fieldsBy(...writer).managedFields) };
}
