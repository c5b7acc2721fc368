import type { Meaning } from "./meaning.ts";

/** Which part of a template the words of admission are about; absent for what no template asks for, and where any part may be. */
export type Refused =
  "amounts" | "resources" | "security" | "nodes" | "service account" | "priority class" | "runtime class";

export interface CreationMeaning extends Meaning {
  refused?: Refused;
}

/**
 * Why a controller may not create pods.
 * Source: k8s.io/apiserver pkg/admission (quota, webhook), kubernetes plugin/pkg/admission (limitranger, serviceaccount,
 * priority, runtimeclass, podnodeselector, podtolerationrestriction, imagepolicy), k8s.io/pod-security-admission; OpenShift's SecurityContextConstraints
 */
export const CREATION_WORDS: readonly CreationMeaning[] = [
  {
    // First of all: what a policy says of its reasons are words of its author's.
    name: "policy_refuses",
    means: "an admission policy refuses the pods",
    advice: "Read what the policy or webhook says, and change the template accordingly, or have the policy changed.",
    words: [
      ...["admission webhook * denied the request", "ValidatingAdmissionPolicy * denied request"],
      "image policy webhook backend denied one or more images",
    ],
  },
  {
    name: "webhook_silent",
    means: "an admission webhook cannot be reached, or gives no answer that can be used",
    advice:
      "Look after the webhook, not after the workload: the pods behind its service, its certificate, the network. Nothing that it has to admit can be created until it answers.",
    words: [
      "failed calling webhook",
      "failed to call webhook",
      "no endpoints available for service",
      "conversion webhook",
    ],
    outside: true,
  },
  {
    name: "quota",
    refused: "amounts",
    means: "a quota of the namespace has no room",
    advice: "Ask for room in the quota, or free some.",
    words: ["exceeded quota:"],
  },
  {
    name: "quota_unsaid",
    refused: "resources",
    means: "a quota of the namespace wants amounts that the containers do not name",
    advice:
      "Give every container the requests and limits that the quota names, or the namespace a LimitRange with defaults.",
    words: ["failed quota:", "must specify"],
  },
  {
    name: "limit_range",
    refused: "resources",
    means: "a LimitRange of the namespace does not allow what the containers ask for",
    advice: "Keep requests and limits inside the LimitRange, or have it changed: kubectl describe limitrange.",
    words: [
      ...["maximum * usage per Container is", "maximum * usage per Pod is", "minimum * usage per Container is"],
      ...["minimum * usage per Pod is", "max limit to request ratio per"],
    ],
  },
  {
    name: "pod_security",
    refused: "security",
    means: "the pods violate the Pod Security level of the namespace",
    advice: "Change what the message names in the pods' security contexts, or have the namespace's level changed.",
    words: ["violates PodSecurity"],
  },
  {
    name: "scc",
    refused: "security",
    means: "no security policy allows such pods",
    advice: "Change what the message names, or let the service account use a policy that allows it.",
    words: [
      "unable to validate against any security context constraint",
      "unable to validate against any pod security policy",
    ],
  },
  {
    name: "nodes",
    refused: "nodes",
    means: "the namespace allows other nodes, or other tolerations, than the pods ask for",
    advice:
      "Compare the template's nodeSelector and tolerations with the annotations of the namespace (scheduler.alpha.kubernetes.io).",
    words: ["conflicts with its namespace node label selector", "conflict with its namespace whitelist"],
  },
  {
    name: "service_account",
    refused: "service account",
    means: "the service account does not exist",
    advice: "Create the service account, or correct its name.",
    words: ["error looking up service account", 'serviceaccount "*" not found'],
  },
  {
    name: "priority_class",
    refused: "priority class",
    means: "the priority class does not exist",
    advice: "Create the priority class, or correct its name.",
    words: ["no PriorityClass with name", "the integer value of priority"],
  },
  {
    name: "runtime_class",
    refused: "runtime class",
    means: "the runtime class does not exist",
    advice: "Create the runtime class, or correct its name.",
    words: ['RuntimeClass "*" not found', "pod rejected: RuntimeClass"],
  },
  {
    name: "namespace_ends",
    means: "the namespace is being deleted",
    advice: "Nothing can be created in a namespace that is being deleted.",
    words: ["because it is being terminated"],
    outside: true,
  },
  {
    name: "api",
    means: "the API server did not take the request",
    advice:
      "Its controller tries again by itself. Where that stays so, look at the control plane: the message says what was in its way.",
    words: [
      ...["request did not complete within", "etcdserver:", "connection refused", "context deadline exceeded"],
      ...["too many requests", "the server is currently unable to handle the request"],
      "Operation cannot be fulfilled on",
    ],
    outside: true,
  },
  {
    name: "invalid",
    means: "the API server does not accept the pods as valid",
    advice: "Correct the field of the template that the message names.",
    words: ['Pod "*" is invalid'],
  },
];
