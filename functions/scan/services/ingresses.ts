import { paths } from "../../shared/cluster/paths.ts";
import { isOlderThan } from "../../shared/kubernetes/failures.ts";
import type { Ingress, Service } from "../../shared/kubernetes/types.ts";
import { some } from "../../shared/text.ts";
import { inTurn } from "../fair.ts";
import type { View } from "../view.ts";
import { problem, type Patience } from "./decide.ts";
import type { Found } from "./found.ts";
import { backendsOf } from "./quiet.ts";
import { writtenAt } from "./slices.ts";

/** How many Ingresses of a scan are looked at closely, those of each namespace in turn. */
const MAX_INGRESSES = 50;
/** How many Services of one Ingress are looked for, and how many that are missing are named. */
const MAX_LOOKED_FOR = 5;
const MAX_NAMED = 3;

/**
 * The Ingresses that send to a Service that is not there. A list may be older than a Service, or lack a namespace, so that
 * each Service that is not in it is asked for by its name; nothing is said of one that cannot be asked for.
 * @param services those that the list has
 */
export async function lookAtIngresses(
  view: View,
  ingresses: readonly Ingress[],
  services: readonly Service[],
  { now, short }: Patience,
): Promise<Found[]> {
  const listed = new Set(services.map(({ metadata }) => keyOf(metadata?.namespace, metadata?.name)));
  const doubtful = ingresses
    .map((ingress) => {
      const unlisted = backendsOf(ingress).filter((name) => !listed.has(keyOf(ingress.metadata?.namespace, name)));
      return { ingress, unlisted: unlisted.slice(0, MAX_LOOKED_FOR) };
    })
    .filter(({ ingress: { metadata }, unlisted }) => {
      const since = writtenAt({ creationTimestamp: metadata?.creationTimestamp ?? "" });
      return unlisted.length > 0 && isOlderThan(since, short, now);
    });
  const chosen = inTurn(doubtful, ({ ingress }) => ingress.metadata?.namespace ?? "").slice(0, MAX_INGRESSES);
  return await view.each(chosen, async ({ ingress, unlisted }): Promise<Found> => {
    const { namespace = "" } = ingress.metadata ?? {};
    const missing = await view.tryTo(`Services in namespace ${namespace}`, () => missingOf(view, namespace, unlisted), {
      place: namespace,
      telling: false,
    });
    return { kind: "Ingress", object: ingress, failure: missing?.length ? noSuchService(missing) : undefined };
  });
}

/** Those that the API server does not know at present. */
async function missingOf(view: View, namespace: string, names: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const name of names) {
    const fieldSelector = `metadata.name=${name}`;
    const there = await view.cluster.listSmall<Service>(paths.services(namespace), 1, { fieldSelector });
    if (there?.length === 0) missing.push(name);
  }
  return missing;
}

function noSuchService(missing: readonly string[]): Found["failure"] {
  const is = missing.length === 1 ? "which does not exist" : "which do not exist";
  return problem(
    "NoSuchService",
    `It sends to Service ${some([...missing], MAX_NAMED)}, ${is} in its namespace.`,
    undefined,
  );
}

function keyOf(namespace = "", name = ""): string {
  return `${namespace}/${name}`;
}
