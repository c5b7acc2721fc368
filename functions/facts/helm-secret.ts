import { gunzipSync } from "node:zlib";
import * as z from "zod";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";

/** How large a release may be once it is unpacked, in bytes; its Secret holds a megabyte at most. */
const MAX_BYTES = 16_000_000;

const Stored = z.object({
  info: z
    .object({ status: z.string().default(""), description: z.string().default("") })
    .nullish()
    .catch(undefined),
  manifest: z.string(),
  hooks: z.array(z.object({ name: z.string(), events: z.array(z.string()).nullish() })).nullish(),
});

/** The Secret in which Helm keeps a revision. */
export interface ReleaseSecret {
  metadata?: ObjectMeta;
  data?: Record<string, string>;
}

/** What that Secret is called. */
export function releaseSecretName(name: string, revision: number): string {
  return `sh.helm.release.v1.${name}.v${revision}`;
}

/** What Helm says of a revision in its Secret: its status, and how it came about (`Rollback to 3`); empty where it does not tell. */
export function revisionInfo({ data }: ReleaseSecret): { status: string; description: string } {
  return unpacked(data?.["release"] ?? "")?.info ?? { status: "", description: "" };
}

/** What a Secret of Helm holds: JSON, packed, as base64, which the API server sends as base64 once more. */
export function unpacked(data: string): z.output<typeof Stored> | undefined {
  try {
    const bytes = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
    return Stored.safeParse(JSON.parse(gunzipSync(bytes, { maxOutputLength: MAX_BYTES }).toString("utf8"))).data;
  } catch {
    return undefined;
  }
}
