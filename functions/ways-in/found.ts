import * as z from "zod";
import { ScanRequest } from "../run/request.ts";

/** Why nothing was started for what came in. */
export const WHY_IGNORED = [
  "TooLarge",
  "TooMany",
  "NotUnderstood",
  "MalformedName",
  "NamesNoCluster",
  "OtherCluster",
  "NotFiring",
] as const;
export type WhyIgnored = (typeof WHY_IGNORED)[number];

/** Where to look: a namespace, or the whole cluster where none is named. */
export interface Look {
  namespace?: string | undefined;
  /** What asks for it, in a line. */
  reason?: string | undefined;
}

/** What one message comes to. */
export interface Found {
  looks: Look[];
  ignored: WhyIgnored[];
}

export const ignored = (why: WhyIgnored): Found => ({ looks: [], ignored: [why] });

/** What several messages, or parts of one, come to together. */
export function together(all: readonly Found[]): Found {
  return { looks: all.flatMap(({ looks }) => looks), ignored: all.flatMap((each) => each.ignored) };
}

const Namespace = ScanRequest.shape.namespace;
const Reason = ScanRequest.shape.reason;

/**
 * A look at what is named, by the rules of a request: a namespace that is none is refused, and words that a request may not hold
 * are left out.
 */
export function lookAt(namespace: unknown, reason: string): Found {
  const named = Namespace.safeParse(namespace);
  if (!named.success) return ignored("MalformedName");
  const said = Reason.safeParse(reason);
  return { looks: [{ namespace: named.data, reason: said.success ? said.data : undefined }], ignored: [] };
}

/** Reads with a schema. Whatever does not fit it is not understood. */
export function understood<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  read: (data: z.output<Schema>) => Found,
): Found {
  const { success, data } = schema.safeParse(value);
  return success ? read(data) : ignored("NotUnderstood");
}
