import { isSwitchedOn } from "../kinds/switched.ts";
import {
  applicationRef,
  PAUSED_ANNOTATION,
  PAUSED_LABEL,
  syncedBy,
  type Application,
} from "../facts/argo-cd-application.ts";
import { collectionOf } from "../shared/cluster/paths.ts";
import { groupField } from "../shared/kubernetes/groups.ts";
import type { Policy } from "../shared/policy.ts";
import type { FailingWorkload } from "./incidents.ts";
import { leftSince } from "./reminders.ts";
import { problem } from "./services/decide.ts";
import type { Places } from "./places.ts";
import type { View } from "./view.ts";

/** Reads the Applications whose automated sync a rollback has paused; nothing where Argo CD is not switched on, or not there. */
export async function findPausedApplications(
  view: View,
  places: Pick<Places, "includes" | "everywhere">,
  { argo_cd: { namespace } }: Policy,
  now: Date,
): Promise<FailingWorkload[]> {
  if (!isSwitchedOn("argo_cd")) return [];
  const collection = collectionOf(applicationRef({ namespace, name: "" }), namespace);
  const labelSelector = `${PAUSED_LABEL}=true`;
  const paused = await view.tryTo(
    `paused Applications in namespace ${namespace}`,
    () => view.cluster.list<Application>(collection, { labelSelector }),
    { place: namespace, telling: false, optionalApi: collection },
  );
  return pausedForLong(paused ?? [], places, now);
}

/**
 * The Applications that have been paused for longer than people were told of it, as far as they sync what is looked at. Pure.
 */
export function pausedForLong(
  applications: readonly Application[],
  { includes, everywhere }: Pick<Places, "includes" | "everywhere">,
  now: Date,
): FailingWorkload[] {
  return applications.flatMap((application) => {
    const { metadata, spec } = application;
    const { name = "", namespace = "", annotations = {} } = metadata ?? {};
    const isNear = syncedBy(application).some((resource) => includes(resource.namespace ?? ""));
    const isPaused = PAUSED_ANNOTATION in annotations && (spec?.syncPolicy?.automated ?? undefined) === undefined;
    const { since, isKnown } = leftSince(metadata, ["metadata", "annotations", PAUSED_ANNOTATION], now);
    if (!isPaused || !(everywhere || isNear) || isKnown) return [];
    const { apiVersion, kind } = applicationRef({ namespace, name });
    const said =
      "Its automated sync is paused since a rollback through it: what is committed is not deployed by itself.";
    return [
      {
        workload: { kind, ...groupField(apiVersion), namespace, name },
        failures: [problem("AutomatedSyncPaused", said, since)],
      },
    ];
  });
}
