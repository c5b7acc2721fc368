import { PAUSED_ANNOTATION, PAUSED_LABEL } from "../../facts/argo-cd-application.ts";
import { lookedAt, type LookedAtReason } from "../../run/looked-at.ts";
import type { Case } from "../../facts/case.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import { once, reportOnly, type Cause, type Finding } from "./cause.ts";

/** What is wrong beside the workloads: it is told as the scan has found it, and nothing is written to it. */
export const LOOKED_AT_CAUSES: readonly Cause[] = [
  {
    name: "ServiceSelectsNothing",
    looksLike:
      "A Service without endpoints whose selector no pod carries, most often by one label value that nearly is a workload's.",
    response: "Report the selector, and the workload that it nearly selects.",
    rejected: [],
    diagnose: (facts) =>
      found(facts, "SelectsNoPod", ({ namespace, name }) => {
        return `Compare its selector with the labels of the pods (kubectl -n ${namespace} get pods --show-labels), and correct it: kubectl -n ${namespace} edit service ${name}.`;
      }),
  },
  {
    name: "ServiceWithoutTargetPort",
    looksLike:
      "A Service whose target port is a name that no container of its pods has, or a number that none declares though all declare others.",
    response: "Report the port that the Service sends to, and those that the containers declare.",
    rejected: [],
    diagnose: (facts) =>
      found(facts, "NoSuchTargetPort", ({ namespace, name }) => {
        return `If nothing listens there, set targetPort to the port on which the containers listen: kubectl -n ${namespace} edit service ${name}.`;
      }),
  },
  {
    name: "TargetAtZero",
    looksLike:
      "A workload at zero replicas behind a Service, an Ingress or an HPA, and nothing says that it is meant so.",
    response: "Report it once: who scaled it to zero, and when, as far as its managed fields tell.",
    rejected: [],
    diagnose: (facts) =>
      found(facts, "TargetAtZero", ({ kind, namespace, name }) => {
        const what = kind === "Service" ? "service" : "hpa";
        return `If it is not to be used, delete it, or annotate it so that it is not told: kubectl -n ${namespace} annotate ${what} ${name} eks-remediation/enabled=false. Otherwise scale the workload up.`;
      }),
  },
  {
    name: "IngressWithoutService",
    looksLike: "An Ingress whose backend is a Service that does not exist.",
    response: "Report the name.",
    rejected: [],
    diagnose: (facts) =>
      found(facts, "NoSuchService", ({ namespace, name }) => {
        return `Create the Service, or correct the name: kubectl -n ${namespace} edit ingress ${name}.`;
      }),
  },
  {
    name: "ScheduleMissed",
    looksLike: "A CronJob that was due by its schedule, and has made no Job since.",
    response: "Report it once, with the time that it was due first.",
    rejected: [],
    diagnose: (facts) =>
      found(facts, "MissedSchedule", ({ namespace, name }) => {
        return `Its Events say why, for as long as they are kept (kubectl -n ${namespace} describe cronjob ${name}): a Job that is refused, a startingDeadlineSeconds that is too short. To have one run now: kubectl -n ${namespace} create job ${name}-now --from=cronjob/${name}.`;
      }),
  },
  {
    name: "ScheduleHeldUpByJob",
    looksLike:
      "A CronJob that has made no Job for a day, because its last one has not ended and its concurrencyPolicy is Forbid.",
    response: "Report it once, with the Job.",
    rejected: [],
    diagnose: (facts) =>
      found(facts, "HeldUpByItsJob", ({ namespace, name }) => {
        return `See what that Job does (kubectl -n ${namespace} describe cronjob ${name}), and delete it if it hangs; with activeDeadlineSeconds in the jobTemplate it ends by itself.`;
      }),
  },
  {
    name: "NodeNotReady",
    looksLike:
      "A node that has not been ready for some time, and no workload's failure tells of it; or at once, with the workloads, where several fail because of it.",
    response: "Report the node, with the kubelet's own words.",
    rejected: [],
    diagnose: (facts) =>
      found(facts, "NodeNotReady", ({ name }) => {
        return `Look at it (kubectl describe node ${name}) and at its kubelet. Repair it, or drain and replace it; its pods are let go of only once it reports again, or is deleted.`;
      }),
  },
  {
    name: "MetricsNotServed",
    looksLike:
      "The HPAs of several workloads cannot read how much their pods use, because nothing answers for the API metrics.k8s.io.",
    response: "Report it once, with the workloads; nothing is done to them.",
    rejected: [{ action: "restart", reason: "no workload serves that API to its own HPA" }],
    diagnose: (facts) =>
      found(facts, "ApiNotServed", ({ name }) => {
        return `Install the metrics server, or look why it does not answer: kubectl get apiservice ${name}; kubectl top pods.`;
      }),
  },
  {
    name: "AutomatedSyncPaused",
    looksLike:
      "An Application of Argo CD whose automated sync is paused since a rollback through it, a day ago or more.",
    response: "Remind of it once a day, until somebody resumes it.",
    rejected: [],
    diagnose: (facts) =>
      found(facts, "AutomatedSyncPaused", ({ namespace, name }) => {
        return `See that what was rolled back is reverted in its source, then put back into spec.syncPolicy what the annotation ${PAUSED_ANNOTATION} holds, and take the annotation and the label ${PAUSED_LABEL} away: kubectl -n ${namespace} edit applications.argoproj.io ${name}.`;
      }),
  },
  {
    name: "StillSuspended",
    looksLike:
      "A Kustomization or HelmRelease of Flux that a remedy has suspended more than a day ago, and that nobody has resumed.",
    response: "Report it once a day, with what it is suspended for.",
    rejected: [],
    diagnose: (facts) =>
      found(facts, "SuspendedByRemedy", ({ kind, namespace, name }) => {
        return `Mend in its source what failed, then run flux resume ${kind.toLowerCase()} ${name} -n ${namespace}.`;
      }),
  },
];

/** What the scan has found, in its words. */
function found(
  { evidence: { incident } }: Case,
  reason: LookedAtReason,
  advice: (ref: Case["evidence"]["incident"]["workload"]) => string,
): Finding | undefined {
  const [failure] = incident.failures;
  if (lookedAt(incident) !== reason || failure === undefined) return undefined;
  return {
    confidence: "high",
    summary: failure.message ?? reason,
    evidence: failure.since === undefined ? [] : [`${describeWorkload(incident.workload)}: so since ${failure.since}`],
    tries: once(reportOnly(advice(incident.workload))),
  };
}
