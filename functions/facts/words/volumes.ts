import { KERNEL_LIMIT } from "./config.ts";
import type { Meaning } from "./meaning.ts";

/** Which part of a template the words are about; absent for what no template asks for. */
export type Held = "volumes" | "ownership" | "devices" | "runtime class" | "service account" | "user namespace";

export interface StartingMeaning extends Meaning {
  held?: Held;
}

/** The reasons with which a pod stays where its containers are not created yet. */
export const STARTING_REASONS: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing", "Pending"]);

/** The reasons of the Events that say why a pod's containers are not created. Source: kubernetes pkg/kubelet/events/event.go */
export const STARTING_EVENTS: ReadonlySet<string> = new Set([
  "FailedMount",
  "FailedMapVolume",
  "VolumePermissionChangeInProgress",
  "FailedPrepareDynamicResources",
  // That of a controller: the scheduler does not look at a pod, and says nothing of it, before its claims are there.
  "FailedResourceClaimCreation",
  "FailedAttachVolume",
  "FailedCreatePodSandBox",
  "FailedPodSandBoxStatus",
  "NetworkNotReady",
  "Failed",
]);

/**
 * Why a pod stays in `ContainerCreating`, in the words of the kubelet's and the attach controller's Events.
 * Source: kubernetes pkg/volume (configmap.go, secret.go, csi), pkg/kubelet/volumemanager, pkg/controller/volume/attachdetach;
 * containerd internal/cri/server/sandbox_run.go
 */
export const STARTING_WORDS: readonly StartingMeaning[] = [
  {
    name: "multi_attach",
    held: "volumes",
    means: "its volume is attached to another node",
    advice:
      "The volume may be on one node at a time, and another pod has it. Let updates take the old pod away first (strategy Recreate), or see that the old node has let it go: kubectl get volumeattachment.",
    words: ["Multi-Attach error", "volume is already exclusively attached to one node", "already used by pod(s)"],
  },
  {
    name: "no_claim",
    held: "volumes",
    means: "a PersistentVolumeClaim does not exist, or is not bound",
    advice: "Create the claim that the volume names, or see why it is not bound: kubectl describe pvc.",
    words: ['persistentvolumeclaim "*" not found', "PVC * is not bound", "claim * is not bound"],
  },
  {
    name: "no_driver",
    held: "volumes",
    means: "the node does not have the driver of its volume",
    advice: "See that the volume's CSI driver runs on the node: kubectl get csinode.",
    words: ["not found in the list of registered CSI drivers", "no volume plugin matched"],
  },
  {
    name: "host_path",
    held: "volumes",
    means: "a path of the node is not what its hostPath type says",
    advice: "See that the path exists on the nodes where the pods may run, and is what its hostPath type says.",
    words: ["hostPath type check failed"],
  },
  {
    name: "token",
    held: "service account",
    means: "its service account gets no token",
    advice: "See that the service account exists and may have the token that the volume asks for.",
    words: ["failed to fetch token", "failed to request token"],
  },
  {
    name: "attach",
    held: "volumes",
    means: "its volume cannot be attached to the node",
    advice: "Look at the volume and its driver: kubectl describe pvc, kubectl get volumeattachment, the driver's log.",
    words: ["AttachVolume.Attach failed", "AttachVolume.NewAttacher failed", "volume attachment is being deleted"],
  },
  {
    name: "mount",
    held: "volumes",
    means: "a volume cannot be mounted",
    advice: "The message names the volume: look at what it refers to, and at the driver or server behind it.",
    words: ["MountVolume.", "MapVolume.", "Unable to attach or mount volumes", "mount failed:"],
  },
  {
    name: "ownership",
    held: "ownership",
    means: "the owner of each file on a volume is being changed to its fsGroup, which takes long",
    advice:
      "It goes on by itself. Set fsGroupChangePolicy: OnRootMismatch in the pod's securityContext, so that it is not done at each start.",
    words: ["Setting volume ownership for"],
  },
  {
    name: "devices",
    held: "devices",
    means: "a device that it claims cannot be prepared on its node",
    advice: "Look at the driver of the device on that node, and at its log: the message says what goes wrong.",
    words: ["Failed to prepare dynamic resources"],
  },
  {
    name: "no_resource_claim",
    held: "devices",
    means: "a ResourceClaim of it cannot be made",
    advice:
      "The message says why: see that the ResourceClaimTemplate that the pod names exists in its namespace, and that a claim may be made from it.",
    words: ["PodResourceClaim *:"],
    reasons: ["FailedResourceClaimCreation"],
  },
  {
    name: "no_address",
    means: "the network has no address left for it",
    advice:
      "The network plugin has no address left: give the subnet or the node more (on EKS: prefix delegation, a further subnet).",
    words: [
      "failed to assign an IP address",
      "no IP addresses available in range",
      "InsufficientFreeAddressesInSubnet",
    ],
    outside: true,
  },
  {
    name: "no_runtime",
    held: "runtime class",
    means: "the node does not have the container runtime that its runtime class names",
    advice: "Keep the pods on nodes that have the runtime, or correct runtimeClassName.",
    words: [
      "no runtime for *",
      "RuntimeHandler * not supported",
      'RuntimeClass "*" not found',
      "unknown runtime handler",
    ],
  },
  {
    // Source: kubernetes pkg/kubelet/userns/userns_manager.go
    name: "no_user_namespace",
    held: "user namespace",
    means: "the node does not run pods in user namespaces of their own (hostUsers: false)",
    advice:
      "Keep the pods on nodes whose container runtime and kernel support user namespaces, or take hostUsers: false away where the pod may do without.",
    words: ["does not support user namespaces"],
  },
  {
    name: "memory",
    means: "its memory limit is too low for its sandbox to start",
    advice:
      "Raise the memory limit: the runtime itself needs some megabytes. An amount without a unit is one of bytes.",
    words: ["container init was OOM-killed", "memory limit too low", "minimum memory limit"],
  },
  KERNEL_LIMIT,
  {
    name: "no_space",
    means: "the node has no room left on its disk",
    advice:
      "The node's disk is full. Free room on it (images, logs, emptyDir volumes), or give the node a larger disk.",
    words: ["no space left on device"],
    outside: true,
  },
  {
    name: "network",
    means: "the node's network plugin could not give it a network",
    advice: "Look at the network plugin on that node, and at its log.",
    words: [
      "network plugin",
      "NetworkPlugin cni",
      "plugin type=",
      "failed to setup network for sandbox",
      "cni config uninitialized",
    ],
    outside: true,
  },
  {
    name: "sandbox",
    means: "the container runtime of the node could not make its sandbox",
    advice: "Look at the container runtime on that node, and at its log.",
    words: ["Failed to create pod sandbox", "Failed create pod sandbox"],
    outside: true,
  },
];
