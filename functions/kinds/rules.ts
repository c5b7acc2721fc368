import type { Rule } from "../shared/permissions.ts";

/** What is to be done with a resource. */
interface Use {
  apiVersion: string;
  plural: string;
  verbs: readonly string[];
}

/** The order in which verbs are written. */
const VERBS = ["get", "list", "patch"];

/** What is to be done with some resources, as the fewest rules of a role. */
export function rulesFor(uses: readonly Use[]): Rule[] {
  const resources = new Map<string, { group: string; plural: string; verbs: Set<string> }>();
  for (const { apiVersion, plural, verbs } of uses) {
    const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
    const resource = resources.get(`${plural}.${group}`) ?? { group, plural, verbs: new Set() };
    for (const verb of verbs) resource.verbs.add(verb);
    resources.set(`${plural}.${group}`, resource);
  }
  const alike = Map.groupBy(resources.values(), ({ group, verbs }) => `${group} ${written(verbs).join()}`);
  return [...alike.values()].map((some) => ({
    apiGroups: [some[0]?.group ?? ""],
    resources: some.map(({ plural }) => plural).sort(),
    verbs: written(some[0]?.verbs ?? []),
  }));
}

function written(verbs: Iterable<string>): string[] {
  return [...verbs].sort((a, b) => VERBS.indexOf(a) - VERBS.indexOf(b));
}
