import type { Meaning } from "./meaning.ts";

/** Which part of a template the scheduler's words are about; absent for what no template asks for. */
export type Asked =
  | "resources"
  | "nodes"
  | "tolerations"
  | "pod affinity"
  | "spread"
  | "host ports"
  | "volumes"
  | "resource claims"
  | "node name"
  | "fargate support";

export interface SchedulingMeaning extends Meaning {
  asked?: Asked;
}

/**
 * Why no node takes a pod. The scheduler counts one reason or more for each node, and each has the first meaning of this
 * table that knows it; its words on preemption, which follow, say nothing new.
 * Source: kubernetes pkg/scheduler/framework/plugins, the constants `ErrReason…`; pkg/scheduler/framework/types.go, FitError; of
 * Fargate's own scheduler docs.aws.amazon.com/eks/latest/userguide/fargate.html, "AWS Fargate considerations"
 */
export const SCHEDULING_WORDS: readonly SchedulingMeaning[] = [
  {
    name: "fargate_support",
    asked: "fargate support",
    means: "Fargate does not run such pods",
    advice:
      "The message names what Fargate does not support: take that out of the pod template, or have no Fargate profile select the pods.",
    words: ["Pod not supported on Fargate"],
  },
  {
    name: "fargate_capacity",
    means: "Fargate makes no node for it at the moment",
    advice: "It is tried again by itself. Where that stays so, let the profile use subnets of further zones.",
    words: ["Fargate capacity is unavailable", "Pod provisioning timed out"],
    outside: true,
  },
  {
    name: "fargate_misconfigured",
    means: "its Fargate profile cannot be used",
    advice: "The message says what is wrong with the profile, such as its pod execution role.",
    words: ["Misconfigured Fargate Profile"],
    outside: true,
  },
  {
    name: "resources",
    asked: "resources",
    means: "a node has too little of what it requests",
    advice: "Add capacity, or free some; or request less, where less is used.",
    words: ["Insufficient "],
  },
  {
    name: "too_many_pods",
    means: "a node runs as many pods as it may",
    advice: "Add nodes, or raise the number of pods that a node may run (the kubelet's maxPods, the CNI's addresses).",
    words: ["Too many pods"],
    outside: true,
  },
  {
    name: "cordoned",
    means: "a node is cordoned",
    advice: "Uncordon nodes whose maintenance is over, or add nodes.",
    words: ["node(s) were unschedulable", "node.kubernetes.io/unschedulable"],
    outside: true,
  },
  {
    name: "not_ready",
    means: "a node is not ready",
    advice: "Look at the nodes: kubectl get nodes.",
    words: [
      ...["node(s) were not ready", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"],
      ...["node.kubernetes.io/network-unavailable", "node.cloudprovider.kubernetes.io/uninitialized"],
      ...["node.kubernetes.io/out-of-service", "node.cloudprovider.kubernetes.io/shutdown"],
      // Taints of nodes on which an agent (of a network, of volumes) has not started yet.
      ...["untolerated taint {*/agent-not-ready:", "untolerated taint {*/not-ready:", "karpenter.sh/unregistered"],
    ],
    outside: true,
  },
  {
    name: "pressure",
    means: "a node is short of disk, memory or process ids",
    advice: "Look at what fills the node (kubectl describe node), or add nodes.",
    words: [
      "node.kubernetes.io/disk-pressure",
      "node.kubernetes.io/memory-pressure",
      "node.kubernetes.io/pid-pressure",
    ],
    outside: true,
  },
  {
    name: "going_away",
    means: "a node is about to be taken away",
    advice: "What looks after the nodes takes the node away. Add nodes, or see why none is added.",
    words: [
      ...["ToBeDeletedByClusterAutoscaler", "karpenter.sh/disrupted", "karpenter.sh/disruption"],
      "aws-node-termination-handler/",
    ],
    outside: true,
  },
  {
    name: "fargate_node",
    means: "a node is Fargate's, and takes no pod but the one that it was made for",
    advice: "Add nodes of another kind, or a Fargate profile that selects the pods by their namespace and labels.",
    words: ["untolerated taint {eks.amazonaws.com/compute-type: fargate}"],
  },
  {
    // From Kubernetes 1.34 on, the scheduler does not name the taint: plugins/tainttoleration, Filter.
    name: "some_taint",
    asked: "tolerations",
    means: "a node has a taint that it does not tolerate",
    advice:
      "The scheduler does not say which taint: kubectl get nodes -o custom-columns=NODE:.metadata.name,TAINTS:.spec.taints[*].key does. One of node.kubernetes.io, of the cloud or of an autoscaler tells of a node that is not ready, is short of something or is about to go: look at that node, or add others. Tolerate any other only if the pods belong there.",
    words: ["untolerated taint(s)"],
  },
  {
    name: "taint",
    asked: "tolerations",
    means: "a node has a taint that it does not tolerate",
    advice: "Tolerate the taint if the pods belong there; otherwise take it from the nodes, or add nodes without it.",
    words: ["had untolerated taint", "had taint", "that the pod didn't tolerate"],
  },
  {
    name: "node_selector",
    asked: "nodes",
    means: "a node does not have the labels that it selects",
    advice: "Compare nodeSelector and node affinity with the labels of the nodes: kubectl get nodes --show-labels.",
    words: [
      "didn't match Pod's node affinity",
      "didn't match node selector",
      "didn't match scheduler-enforced node affinity",
      "didn't satisfy plugin(s) [NodeAffinity]",
    ],
  },
  {
    name: "others_affinity",
    asked: "pod affinity",
    means: "pods that run there keep it away by their own anti-affinity",
    advice:
      "Compare its labels with the podAntiAffinity of the pods that run; those of the workload itself may be among them, so that more replicas, or a rollout, need more nodes.",
    words: ["didn't satisfy existing pods anti-affinity rules"],
  },
  {
    name: "pod_affinity",
    asked: "pod affinity",
    means: "its affinity to other pods is not met",
    advice: "Compare podAffinity and podAntiAffinity with where the other pods run; more replicas may need more nodes.",
    words: ["pod affinity", "pod anti-affinity", "anti-affinity rules"],
  },
  {
    name: "spread",
    asked: "spread",
    means: "its topology spread constraints are not met",
    advice: "Look at the topologySpreadConstraints: a zone or node without room keeps the others from taking more.",
    words: ["pod topology spread constraints"],
  },
  {
    name: "host_port",
    asked: "host ports",
    means: "the host port that it asks for is taken",
    advice:
      "Only one pod of a node can have a host port. Add nodes, take the hostPort away, or let updates take the old pod away first (maxSurge: 0).",
    words: ["didn't have free ports for the requested pod ports"],
  },
  {
    name: "unbound_claim",
    asked: "volumes",
    means: "a PersistentVolumeClaim is not bound",
    advice:
      "Look at the claim (kubectl describe pvc): its storage class, its provisioner, the size and the zone that it asks for.",
    words: [
      "waiting for ephemeral volume controller to create the persistentvolumeclaim",
      "unbound immediate PersistentVolumeClaims",
      "didn't find available persistent volumes to bind",
      "persistentvolumeclaim bound to non-existent persistentvolume",
      "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",
    ],
  },
  {
    name: "no_claim",
    asked: "volumes",
    means: "a PersistentVolumeClaim does not exist, or is being deleted",
    advice: "Create the claim that the volume names, or correct the name.",
    words: ['persistentvolumeclaim "*" not found', 'persistentvolumeclaim "*" is being deleted'],
  },
  {
    name: "storage_class",
    asked: "volumes",
    means: "a storage class does not exist, or has no room",
    advice: "Look at the storage class that the claim names: kubectl get storageclass.",
    words: [
      'storageclass.storage.k8s.io "*" not found',
      'storageclass "*" not found',
      "did not have enough free storage",
    ],
  },
  {
    name: "volume_elsewhere",
    asked: "volumes",
    means: "its volume is bound to other nodes or another zone",
    advice:
      "The volume is in another zone or on another node than those that have room: add capacity there, or move the data.",
    // From Kubernetes 1.34 on, the scheduler does not call it a conflict: plugins/volumebinding, ErrReasonNodeConflict.
    words: [
      ...["volume node affinity conflict", "didn't match PersistentVolume's node affinity"],
      ...["no available volume zone", "had no available disk"],
    ],
  },
  {
    name: "volume_limit",
    asked: "volumes",
    means: "a node has as many volumes attached as it may",
    advice: "Add nodes, or use fewer volumes a node.",
    words: ["exceed max volume count", "max volume count"],
  },
  {
    name: "no_driver",
    asked: "volumes",
    means: "a node does not have the driver of its volume",
    advice: "See that the volume's CSI driver runs on the nodes that are to take the pods: kubectl get csinode.",
    words: ["CSI driver is not installed on the node"],
  },
  {
    name: "volume_in_use",
    asked: "volumes",
    means: "its volume may be used by one pod or node alone, and is in use",
    advice: "Let updates take the old pod away first (strategy Recreate), or use a volume that several pods may have.",
    words: [
      "PersistentVolumeClaim with ReadWriteOncePod access mode already in-use",
      "PersistentVolumeClaim with the same name and ReadWriteOncePod access mode",
      "disk conflict",
    ],
  },
  {
    name: "resource_claim",
    asked: "resource claims",
    means: "a device that it claims cannot be had",
    advice: "Look at the ResourceClaim and at the devices of the nodes: kubectl describe resourceclaim.",
    words: ["cannot allocate all claims", "resourceclaim", "resource claim", "device class"],
  },
  {
    name: "node_name",
    asked: "node name",
    means: "it asks for a node by its name, and that one does not take it",
    advice: "Look at nodeName, and at the node of that name.",
    words: ["didn't match the requested node name", "didn't match the requested hostname"],
  },
  {
    name: "no_nodes",
    means: "there are no nodes",
    advice: "Add nodes, or see why the node groups are empty.",
    words: ["no nodes available to schedule pods"],
    outside: true,
  },
];
