import { endsByItself } from "../kinds/job/kind.ts";
import type { Revision } from "../kinds/revisions/revision.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { controllerOf } from "../shared/kubernetes/owners.ts";
import type { Job, Workload } from "../shared/kubernetes/types.ts";
import { releaseOf } from "./helm-release.ts";

/** A Job that was released with a workload, and when it was started. */
export interface ReleaseJob {
  name: string;
  started: string;
}

/** The label by which charts and Argo CD tell what was installed together. Source: kubernetes.io, "Recommended Labels" */
const INSTANCE = "app.kubernetes.io/instance";
/** What a label may be selected by. */
const VALUE = /^[a-zA-Z0-9]([-a-zA-Z0-9._]{0,61}[a-zA-Z0-9])?$/;
/** Marks what Helm makes by itself at some point of a release. Source: helm.sh/docs/topics/charts_hooks */
const HOOK = "helm.sh/hook";
/** How long before the pods of a new revision what prepares them may be started, in milliseconds. */
const BEFORE_MS = 3_600_000;

/**
 * The Jobs that were released with a workload and have run since about when its present revision came, after the one came that is to
 * be gone back to: each may have changed what that one works with, as a migration of a schema does. None is asked for where nothing
 * says what the workload was released with; those that are gone by now, or may not be read, are not among them.
 */
export async function readReleaseJobs(
  cluster: Reader,
  namespace: string,
  workload: Workload | undefined,
  { present, earlier }: { present: Revision | undefined; earlier: Revision },
): Promise<ReleaseJob[]> {
  const instance = workload?.metadata?.labels?.[INSTANCE] ?? releaseOf(workload?.metadata, namespace)?.name ?? "";
  if (!VALUE.test(instance) || present === undefined) return [];
  const from = Math.max(earlier.created.getTime(), present.created.getTime() - BEFORE_MS);
  const jobs = await listJobs(cluster, namespace, `${INSTANCE}=${instance}`);
  return jobs.flatMap(({ metadata, status }) => {
    const started = status?.startTime;
    const controller = controllerOf(metadata);
    // What runs by a schedule does so whatever is released; nor does a test of a release change what that works with.
    if (controller !== undefined && endsByItself(controller)) return [];
    if (metadata?.annotations?.[HOOK]?.startsWith("test") === true) return [];
    return started === undefined || !(Date.parse(started) > from) ? [] : [{ name: metadata?.name ?? "", started }];
  });
}

async function listJobs(cluster: Reader, namespace: string, labelSelector: string): Promise<Job[]> {
  try {
    return await cluster.list<Job>(paths.jobs(namespace), { labelSelector });
  } catch (error) {
    if (!isRemediationError(error, "Forbidden")) throw error;
    return [];
  }
}
