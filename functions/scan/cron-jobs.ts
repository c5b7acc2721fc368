import { CRON_JOB } from "../kinds/job/kind.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import type { Incident } from "../run/contracts.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import type { CronJob } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import { workloadKey, type FailingWorkload } from "./incidents.ts";
import { light } from "./light.ts";
import { look } from "./look.ts";
import { cronJobSuspects, missedSchedule } from "./missed-schedule.ts";
import { told, type Found } from "./services/found.ts";
import type { Places } from "./places.ts";
import type { View } from "./view.ts";

/** Where and when a scan looks at CronJobs. */
export interface CronJobScan {
  places: Places;
  /** What people are told of already: a CronJob whose Jobs fail is told by these. */
  incidents: readonly Incident[];
  policy: Policy;
  moment: Moment;
}

/**
 * Finds the CronJobs that were due and have made no Job. Where all is well that takes one request, for the rows of them all; those
 * that may have missed their time are read in full. What cannot be seen becomes a blind spot.
 */
export async function findMissedSchedules(view: View, scan: CronJobScan): Promise<FailingWorkload[]> {
  const { places, incidents, policy, moment } = scan;
  const known = new Set(incidents.map(({ workload }) => workloadKey(workload)));
  const rule = cronJobSuspects(moment);
  const keep = (cronJob: CronJob): Found | undefined => {
    const { namespace = "", name = "" } = cronJob.metadata ?? {};
    const failure = missedSchedule(cronJob, moment);
    const isOurs = places.includes(namespace) && !known.has(workloadKey({ ...CRON_JOB, namespace, name }));
    return isOurs && failure !== undefined ? found(cronJob, failure) : undefined;
  };
  const looks = await view.each(places.parts, async (place) => {
    const what = `CronJobs${place === undefined ? "" : ` in namespace ${place}`}`;
    const lookAt = () =>
      look(view, { what, place, isBeside: true }, paths.cronJobs(place), rule, keep, places.everywhere);
    return await view.tryTo(what, lookAt, { place, telling: false });
  });
  return await told(
    view,
    looks.flatMap((one) => one?.suspects ?? []),
    policy,
  );
}

function found({ metadata }: CronJob, failure: Failure): Found {
  return { kind: "CronJob", object: { metadata: light(metadata) }, failure };
}
