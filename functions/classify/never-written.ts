import { isBarePod } from "../facts/unwritten.ts";
import type { Evidence } from "../facts/evidence.ts";
import { heldOpen } from "../kinds/failing/held-open.ts";
import { hasFailed, isOfJobs } from "../kinds/job/kind.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { isFailing } from "../kinds/failing/pod-failures.ts";
import { isJobPod } from "../shared/kubernetes/owners.ts";
import { isLeftover, isStaticPod } from "../shared/kubernetes/pods.ts";

/** Why nothing is written to a workload of a kind without a path, and what a person can do about it. */
export function whyNothingIsWritten(evidence: Evidence): string {
  const { incident, pods } = evidence;
  if (pods.some(isStaticPod)) return "A static pod: the kubelet runs it from a file on its node. Fix that file.";
  if (isBarePod(incident.workload)) {
    return "A bare pod: no controller would recreate it, so it is not deleted. Recreate it from its manifest, or make it a Deployment.";
  }
  return isOfJobs(incident.workload) ? ofJobs(evidence) : ofAnotherKind(evidence);
}

function ofJobs({ incident, pods, unwritten }: Evidence): string {
  const { kind, namespace } = incident.workload;
  const isHeldOpen = pods.some((pod) => !isLeftover(pod) && isJobPod(pod) && heldOpen(pod, undefined).length > 0);
  if (isHeldOpen && !pods.some((pod) => !isLeftover(pod) && isFailing(pod))) return HELD_OPEN_WORDS;
  const hasGivenUp = unwritten?.makers.some(({ object }) => hasFailed(object)) === true;
  if (!hasGivenUp || pods.some((pod) => !isLeftover(pod) && isFailing(pod))) {
    const where =
      kind === "Job" ? "its manifest and make it anew" : `the ${kind}; the Jobs that it makes from then on have it`;
    return `It makes its pods by rules of its own, so nothing is written to it. The pod template of a Job cannot be changed: if that is wrong, correct ${where}.`;
  }
  const name = pods.find(isLeftover)?.metadata?.name;
  const log =
    name === undefined
      ? "None of its failed pods is left to read a log from."
      : `Read the log first: kubectl -n ${namespace} logs ${name} --all-containers`;
  return `It has given up, and makes no more pods for this run. Whether to run it again is for whoever knows what it does. ${log}`;
}

const HELD_OPEN_WORDS =
  "It makes its pods by rules of its own, so nothing is written to it. Have the container beside the work end with it: as an init container with restartPolicy: Always it is a sidecar, which the kubelet ends; a proxy can be told to quit. Until then the Job does not complete, and a CronJob with concurrencyPolicy: Forbid makes no further one.";

function ofAnotherKind({ incident, pods, hpa, unwritten }: Evidence): string {
  const { namespace } = incident.workload;
  const what = `${describeWorkload(incident.workload)} is of a kind that nothing is written to`;
  if (hpa !== undefined && pods.length === 0 && unwritten?.makers.length === 0) {
    return `${what}. Check what HPA ${hpa.metadata?.name ?? ""} names as its scaleTargetRef: kubectl -n ${namespace} describe hpa`;
  }
  return `${what}: whether its pods would be made anew, and from what, is not known here. Use the tools of that kind.`;
}
