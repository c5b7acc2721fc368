import type { Values } from "../../local/scenarios/placeholders.ts";

/** The letters and digits of generated names. Source: k8s.io/apimachinery pkg/util/rand */
const GENERATED = "[bcdfghjklmnpqrstvwxz2456789]";

/** What differs from play to play although the same happened, and what stands for it. */
const CHANGING: readonly [what: RegExp, placeholder: string][] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "MOMENT"],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "UID"],
  [new RegExp(`\\b[a-z0-9][a-z0-9-]*-${GENERATED}{8,10}-${GENERATED}{5}\\b`, "g"), "POD"],
  [/\b\d+ (s|min|h|days)\b/g, "TIME"],
];

/** What a scenario's run said, in words that are the same from play to play: placeholders stand for what is not. */
export function stableText(text: string, { namespace, node }: Pick<Values, "namespace" | "node">): string {
  const named = text.replaceAll(namespace, "NAMESPACE").replaceAll(node ?? namespace, "NODE");
  return CHANGING.reduce((stable, [what, placeholder]) => stable.replace(what, placeholder), named);
}
