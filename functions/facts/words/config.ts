import type { Meaning } from "./meaning.ts";

/** Words for a Secret, a ConfigMap or a key of one that does not exist. */
export const MISSING_WORDS = [
  'secret "*" not found',
  'configmap "*" not found',
  "couldn't find key * in Secret *",
  "couldn't find key * in ConfigMap *",
  "references non-existent secret key: *",
  "references non-existent config key: *",
] as const;

/**
 * Words for what the kubelet has not read yet, as after the start of a node. It tries again by itself.
 * Source: kubernetes pkg/kubelet/kubelet_pods.go; pkg/kubelet/util/manager/watch_based_manager.go
 */
export const NOT_READ_YET: Meaning = {
  name: "not_read_yet",
  means: "the kubelet has not yet read what the container refers to",
  advice: "Where that stays so, look at the node: its kubelet does not get answers from the API server.",
  words: [
    ...[
      "services have not yet been read at least once",
      "failed to sync secret cache",
      "failed to sync configmap cache",
    ],
    'object "*"/"*" not registered',
  ],
  outside: true,
};

/** What keeps the kubelet and the container runtime from making or starting a container, and what is done about it. */
export interface ContainerMeaning extends Meaning {
  /** The cause that it is a case of. */
  cause: "MayNotRunAsRoot" | "PathNotMounted" | "CommandNotStarted" | "NodeDiskFull" | "MemoryTooLowToStart";
}

/**
 * Source: kubernetes pkg/kubelet/kuberuntime (security_context.go, kuberuntime_container.go), pkg/kubelet/kubelet_pods.go;
 * containerd internal/cri/server; opencontainers/runc libcontainer; containers/crun
 */
export const CONTAINER_WORDS: readonly ContainerMeaning[] = [
  {
    name: "no_space",
    cause: "NodeDiskFull",
    means: "the node has no room left on its disk",
    advice:
      "The node's disk is full. Free room on it (images, logs, emptyDir volumes), or give the node a larger disk.",
    words: ["no space left on device", "disk quota exceeded"],
    outside: true,
  },
  {
    name: "root",
    cause: "MayNotRunAsRoot",
    means: "the container may not run as root (runAsNonRoot), and its user is root or not known to be another",
    advice:
      "Set runAsUser to a number other than 0, or build the image with a numeric USER, or take runAsNonRoot away if the container has to be root.",
    words: [
      "container has runAsNonRoot and image will run as root",
      "container has runAsNonRoot and image has non-numeric user",
      "container's runAsUser breaks non-root policy",
    ],
  },
  {
    name: "sub_path",
    cause: "PathNotMounted",
    means: "a subPath cannot be mounted",
    advice:
      "See that the subPath exists in its volume, as a file where a file is mounted and as a folder where a folder is.",
    words: [
      "failed to prepare subPath for volumeMount",
      "failed to create subPath directory for volumeMount",
      "volume-subpaths*Are you trying to mount a directory onto a file",
      "subPath * must be a relative path",
      "must not contain '..'",
    ],
  },
  {
    name: "host_path",
    cause: "PathNotMounted",
    means: "a path of the node cannot be mounted",
    advice: "See that the path exists on the nodes where the pods may run, and is what its hostPath type says.",
    words: [
      "hostPath type check failed",
      "failed to stat *: no such file or directory",
      "is mounted on * but it is not a shared",
      "failed to mkdir *: read-only file system",
    ],
  },
  {
    name: "mount_path",
    cause: "PathNotMounted",
    means: "a volume cannot be mounted at the path that the container names for it",
    advice:
      "Compare the volume's mountPath with what the image and the other mounts have there: a file (one file of a volume is mounted by its subPath), or something that is read-only.",
    words: [
      ...["error mounting * to rootfs at", "create mountpoint for"],
      "Are you trying to mount a directory onto a file",
    ],
  },
  {
    name: "memory",
    cause: "MemoryTooLowToStart",
    means: "the memory limit is too low for the container to start",
    advice: "Raise the container's memory limit: the runtime itself needs some megabytes to start it.",
    words: ["container init was OOM-killed", "memory limit too low", "minimum memory limit"],
  },
  {
    name: "not_executable",
    cause: "CommandNotStarted",
    means: "the node may not execute the container's command",
    advice: "Make the file executable in the image (chmod +x), or let the container run as a user who may execute it.",
    words: ['exec: "*": permission denied', "exec /*: permission denied", "open executable: Permission denied"],
  },
  {
    name: "no_command",
    cause: "CommandNotStarted",
    means: "the container's command is not in its image",
    advice: "Compare command and args with what the image holds: a mistyped path, a missing shell, another base image.",
    words: [
      "executable file not found in $PATH",
      "executable file `*` not found",
      'exec: "*": stat *: no such file or directory',
      'exec: "*": no such file or directory',
      "exec user process caused: no such file or directory",
      "no command specified",
    ],
  },
  {
    name: "no_user",
    cause: "CommandNotStarted",
    means: "the user that the container shall run as is not in its image",
    advice: "Name the user by its number, or build the image with that user in /etc/passwd.",
    words: ["unable to find user", "no matching entries in passwd file", "unable to find group", "no users found"],
  },
  {
    name: "working_directory",
    cause: "CommandNotStarted",
    means: "the container's working directory cannot be entered",
    advice: "See that workingDir exists in the image, and that the container's user may enter it.",
    words: ["chdir to cwd"],
  },
];

/**
 * Words for limits of a node's kernel, which has no other errors for them than those for a full disk, full memory and too many
 * files. Source: inotify_init(2), inotify_add_watch(2); kernel.org cgroup-v1/memory
 */
export const KERNEL_LIMIT: Meaning = {
  name: "kernel_limit",
  means: "the node's kernel is at a limit of its own, and its disk need not be full",
  advice:
    "Replace or restart the node, or raise the limit: the message names what there may be no more of, such as control groups that are left over, or watches of files (fs.inotify).",
  words: [
    ...["mkdir /sys/fs/cgroup*: no space left on device", "mkdir /sys/fs/cgroup*: cannot allocate memory"],
    ...["inotify*: no space left on device", "inotify*: too many open files", "fsnotify*: too many open files"],
  ],
  outside: true,
};

/**
 * What a node lacks for making a container, whatever the container's command is: another node may have it. The words for a
 * program that is not found stand around these, too.
 * Source: opencontainers/runc libcontainer (configs, apparmor); containerd pkg/apparmor, contrib/seccomp, internal/cri/server
 */
export const NODE_LACKS_WORDS: readonly Meaning[] = [
  {
    name: "hook",
    means: "a hook of the node's container runtime fails",
    advice:
      "Look at the node: what its container runtime calls before it starts a container (for GPUs, for example) fails there, or is missing.",
    words: ["error running * hook #"],
  },
  {
    name: "apparmor_parser",
    means: "the node has no apparmor_parser, which its container runtime needs",
    advice: "Install apparmor_parser on the node, or switch AppArmor off there.",
    words: ['exec: "apparmor_parser": '],
  },
  {
    name: "profile",
    means: "the node does not have the seccomp or AppArmor profile that the container names",
    advice: "Put the profile on every node where the pods may run, or have the container name one that is there.",
    words: ["cannot load seccomp profile", "apparmor profile not found"],
  },
  KERNEL_LIMIT,
];
