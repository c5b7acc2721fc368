import { gzipSync } from "node:zlib";
import { stringify } from "yaml";

/** A revision of a release as Helm keeps it. */
export interface KeptRevision {
  status: string;
  objects: readonly object[];
  hooks?: readonly object[];
  /** How it came about, in Helm's words. */
  description?: string;
}

/** What Helm writes into the Secret of a revision: JSON, with gzip, as base64. */
export function packed({ objects, hooks = [], description = "" }: KeptRevision): string {
  const manifest = objects.map((one) => `---\n# Source: shop/templates/some.yaml\n${stringify(one)}`).join("");
  return gzipSync(JSON.stringify({ name: "shop", manifest, hooks, info: { description } })).toString("base64");
}

/** The labels by which Helm finds the Secret. */
export function labelsOf({ status }: KeptRevision, revision: number): Record<string, string> {
  return { owner: "helm", name: "shop", version: `${revision}`, status };
}

/** The Secret in which Helm keeps a revision of release `shop`. */
export function helmSecret(kept: KeptRevision, revision: number): object {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: { name: `sh.helm.release.v1.shop.v${revision}`, labels: labelsOf(kept, revision) },
    stringData: { release: packed(kept) },
  };
}
