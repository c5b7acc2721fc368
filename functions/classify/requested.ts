import type { Remedy, RequestedRemedy } from "../run/contracts.ts";
import { boundsOf } from "../shared/kubernetes/hpa.ts";
import { podFailures } from "../shared/kubernetes/pod-failures.ts";
import { isLeftover } from "../shared/kubernetes/pods.ts";
import { kindOf } from "../kinds/kinds.ts";
import { revisionRef } from "../kinds/revisions/revision.ts";
import { bounded } from "../shared/text.ts";
import { boundsFor, replicasFor } from "../remedies/scale/plan.ts";
import { cleanUpPods, evictPods, MAX_KNOWN, rollBack, type Case } from "../facts/case.ts";

/** Turns what a runbook asks for into a remedy for the workload as it is now. */
export function requestedRemedy(requested: RequestedRemedy, facts: Case): Remedy {
  switch (requested.action) {
    case "restart":
      return restartPod(requested.pod, facts);
    case "rollback":
      return requested.revision === undefined ? rollBack(facts) : rollBackTo(requested.revision, facts);
    case "scale":
      return scaleTo(requested.replicas, facts);
  }
}

function restartPod(name: string, { evidence, policy }: Case): Remedy {
  const pod = evidence.pods.find((candidate) => candidate.metadata?.name === name);
  if (pod === undefined || pod.metadata?.deletionTimestamp !== undefined) {
    return { action: "none", refusal: "AlreadyAsRequested", message: `Pod ${name} is gone or being deleted already.` };
  }
  const target = [{ pod, failures: podFailures(pod) }];
  return isLeftover(pod) ? cleanUpPods(target, policy) : evictPods(target, policy);
}

function rollBackTo(revision: number, { revisions, current }: Case): Remedy {
  const target = revisions.find((candidate) => candidate.revision === revision);
  if (target === undefined || current === undefined) {
    const known = bounded(revisions.map((candidate) => candidate.revision).join(", "), MAX_KNOWN);
    return {
      action: "none",
      refusal: "NoHealthyRevision",
      message: `Revision ${revision} is not in the Deployment's history (it holds ${known || "nothing"}).`,
    };
  }
  if (target.current) {
    return {
      action: "none",
      refusal: "AlreadyAsRequested",
      message: `It runs the template of revision ${revision} already.`,
    };
  }
  return { action: "rollback", from: revisionRef(current), to: revisionRef(target), unblock: [] };
}

function scaleTo(replicas: number, { evidence, policy }: Case): Remedy {
  const { hpa, incident, workload } = evidence;
  const present = (workload === undefined ? undefined : kindOf(incident.workload.kind)?.wanted(workload)) ?? 1;
  if (hpa === undefined) return replicasFor(present, replicas, policy);
  if (present === 0) {
    return {
      action: "none",
      refusal: "ScaledToZero",
      message: `It was scaled to zero, which switches HPA ${hpa.metadata?.name ?? ""} off. Scale it to one or more yourself, and the HPA takes over.`,
    };
  }
  return boundsFor(hpa.metadata?.name ?? "", boundsOf(hpa), present, replicas, policy);
}
