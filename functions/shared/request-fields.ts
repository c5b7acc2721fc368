import * as z from "zod";
import { clusterNameField } from "./cluster-name.ts";
import { MAX_OBJECT_NAME, OBJECT_NAME } from "./kubernetes/names.ts";

/** A namespace name: RFC 1123 label. */
const NAMESPACE_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** The name of a namespace in a request. */
export const namespaceField = z
  .string("must be the name of a namespace")
  .max(63, "must be at most 63 characters")
  .regex(NAMESPACE_NAME, "must be a lower-case RFC 1123 label that names one namespace, for example shop");

/** The name of an object in a request. @param what its kind, for the message that refuses another value */
export function objectNameField(what: string) {
  return z
    .string(`must be the name of a ${what}`)
    .max(MAX_OBJECT_NAME, `must be at most ${MAX_OBJECT_NAME} characters`)
    .regex(
      OBJECT_NAME,
      "must be a lower-case RFC 1123 name, with no kind or namespace before it, for example web-7d4b9c",
    );
}

/** Some words in one line. @param what what they say, for the message that refuses another value */
function line(what: string) {
  return z
    .string(`must say ${what}`)
    .min(1, `must say ${what}`)
    .max(200, "must be at most 200 characters")
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, "must be one line, without control characters");
}

/** What may start a run. */
const ORIGINS = ["schedule", "event", "agent", "person"] as const;

/** The fields that every request has, whatever it asks for. */
export const REQUEST_FIELDS = {
  cluster_name: clusterNameField,
  dry_run: z.boolean("must be true or false").optional(),
  /** What starts it; the policy's `modes` ask for it. Of scheduled runs that fail one after the other not each is told; of any other each is. */
  origin: z.enum(ORIGINS, `must be one of ${ORIGINS.join(", ")}`).optional(),
  /** Who asks, as people are to read it: a name or an address. It is told, and proves nothing. */
  requested_by: line("who asks").optional(),
  /** Why, in a sentence. It is told with the outcome. */
  reason: line("why").optional(),
};
