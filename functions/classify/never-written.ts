import { isBarePod } from "../facts/unwritten.ts";
import type { Evidence } from "../facts/evidence.ts";
import { isOfJobs } from "../kinds/job/kind.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { isStaticPod } from "../shared/kubernetes/pods.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** Why nothing is written to a workload of a kind without a path, and how a person changes one. */
export function whyNothingIsWritten(evidence: Evidence): string {
  const { incident, pods } = evidence;
  if (pods.some(isStaticPod)) {
    return "A static pod: the kubelet runs it from a file on its node, and what is wrong with the pod itself is mended in that file.";
  }
  if (isBarePod(incident.workload)) {
    return "A bare pod: no controller would recreate it, so it is not deleted. Recreate it from its manifest, or make it a Deployment.";
  }
  return isOfJobs(incident.workload) ? ofJobs(incident.workload) : ofAnotherKind(evidence);
}

function ofJobs({ kind }: WorkloadRef): string {
  const where =
    kind === "Job" ? "its manifest and make it anew" : `the ${kind}; the Jobs that it makes from then on have it`;
  return `It makes its pods by rules of its own, so nothing is written to it. The pod template of a Job cannot be changed: if that is wrong, correct ${where}.`;
}

function ofAnotherKind({ incident, pods, hpa, unwritten }: Evidence): string {
  const { namespace } = incident.workload;
  const what = `${describeWorkload(incident.workload)} is of a kind that nothing is written to`;
  if (hpa !== undefined && pods.length === 0 && unwritten?.makers.length === 0) {
    return `${what}. Check what HPA ${hpa.metadata?.name ?? ""} names as its scaleTargetRef: kubectl -n ${namespace} describe hpa`;
  }
  return `${what}: whether its pods would be made anew, and from what, is not known here. Use the tools of that kind.`;
}
