import { badRequest } from "../api-error.ts";
import { fieldsOf } from "../api/fields.ts";
import type { Resource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";

/** The times of a Lease, which have six digits of fractions. Source: k8s.io/apimachinery, MicroTime */
const TIMES = ["acquireTime", "renewTime"];
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;
/** How the API server's language describes that format. */
const LAYOUT = "2006-01-02T15:04:05.000000Z07:00";

/** Refuses a Lease whose times are written otherwise. @throws ApiError BadRequest */
export function checkTimes({ kind, version }: Resource, { spec }: ApiObject): void {
  if (kind !== "Lease") return;
  for (const field of TIMES) {
    const time = fieldsOf(spec)[field];
    if (typeof time !== "string" || MICRO_TIME.test(time)) continue;
    const rest = /\d\d:\d\d:\d\d(.*)$/.exec(time)?.[1] ?? time;
    const why = `parsing time "${time}" as "${LAYOUT}": cannot parse "${rest}" as ".000000"`;
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
  }
}
