import { enabledBy } from "../facts/opt-out.ts";
import { isSwitchedOn } from "../kinds/switched.ts";
import { RECONCILERS, type FluxObject } from "../facts/flux.ts";
import { heldWords, isSuspended, markOn, SUSPENDED_LABEL } from "../facts/flux-suspension.ts";
import { collectionOf } from "../shared/cluster/paths.ts";
import { bounded } from "../shared/text.ts";
import type { FailingWorkload } from "./incidents.ts";
import { leftSince } from "./reminders.ts";
import { problem } from "./services/decide.ts";
import type { Places } from "./places.ts";
import type { View } from "./view.ts";

/**
 * What of Flux a remedy has suspended more than a day ago, and nobody has resumed, changed or suspended anew since. Only what
 * carries the remedies' label is asked for.
 */
export async function stillSuspended(view: View, places: Places, now: Date): Promise<FailingWorkload[]> {
  if (!isSwitchedOn("flux")) return [];
  const kinds = Object.keys(RECONCILERS) as (keyof typeof RECONCILERS)[];
  const found = await view.each(kinds, async (kind) =>
    (await listed(view, kind, places)).flatMap((each) => toldOf(kind, each, now)),
  );
  return found.flat();
}

async function listed(view: View, kind: keyof typeof RECONCILERS, { parts }: Places): Promise<FluxObject[]> {
  const { group, version, plural } = RECONCILERS[kind];
  const path = (namespace?: string) => collectionOf({ apiVersion: `${group}/${version}`, plural }, namespace);
  const query = { labelSelector: `${SUSPENDED_LABEL.name}=${SUSPENDED_LABEL.value}` };
  const lists = await view.each(parts, (place) =>
    view.tryTo(`${kind}s that remedies have suspended`, () => view.list<FluxObject>(path(place), query), {
      place,
      telling: false,
      optionalApi: path(),
    }),
  );
  return lists.flatMap((list) => list ?? []);
}

function toldOf(kind: keyof typeof RECONCILERS, object: FluxObject, now: Date): FailingWorkload[] {
  const mark = markOn(object);
  if (mark === undefined || !isSuspended(object) || enabledBy(object, undefined) === "false") return [];
  const { namespace = "", name = "" } = object.metadata ?? {};
  const { since, isKnown } = leftSince(object.metadata, ["spec", "suspend"], now);
  if (isKnown) return [];
  const objects = object.status?.inventory?.entries?.length;
  const [what = ""] = mark.split(": ");
  const said = `A remedy has suspended it${since === undefined ? "" : ` at ${since}`}, and nobody has resumed it: nothing that is pushed reaches ${heldWords(objects)}, and what depends on it may wait as long. It was for ${bounded(what)}.`;
  return [{ workload: { kind, namespace, name }, failures: [problem("SuspendedByRemedy", said, since)] }];
}
