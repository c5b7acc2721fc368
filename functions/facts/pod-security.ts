import { containersOf, type Container } from "../shared/kubernetes/containers.ts";
import { madeAt } from "./failed-pods.ts";
import type { Namespace, ObjectMeta, Pod } from "../shared/kubernetes/types.ts";

type PodSpec = NonNullable<Pod["spec"]>;

/** The levels of which what they forbid is known here; `privileged` forbids nothing. */
export type PodSecurityLevel = "baseline" | "restricted";

const ENFORCE = "pod-security.kubernetes.io/enforce";
/** The first minor version whose checks are those that are made here. */
const CHECKS_SINCE = 25;

/**
 * The level that a namespace enforces on new pods; undefined where it enforces none, or one by the rules of a version too old to
 * be known here.
 * Source: kubernetes.io/docs/concepts/security/pod-security-admission
 */
export function enforcedLevel({ metadata }: Namespace): PodSecurityLevel | undefined {
  const level = metadata?.labels?.[ENFORCE];
  if (level !== "baseline" && level !== "restricted") return undefined;
  const [, minor] = /^v1\.(\d+)$/.exec(metadata?.labels?.[`${ENFORCE}-version`] ?? "") ?? [];
  return minor !== undefined && Number(minor) < CHECKS_SINCE ? undefined : level;
}

/**
 * Whether some of these pods, which are made alike, were let in under the level though they violate it: who makes them, their
 * namespace or their runtime class is exempt then.
 */
export function isExempt({ metadata }: Namespace, level: PodSecurityLevel, pods: readonly Pod[]): boolean {
  const since = enforcedSince(metadata);
  return pods.some(
    (pod) => madeAt(pod) > since && pod.spec !== undefined && podSecurityViolations(pod.spec, level).length > 0,
  );
}

/**
 * When the label that enforces the level was set at the latest, in milliseconds, by the managed fields; infinite where nothing
 * tells. A pod that was made after that was let in under it.
 */
function enforcedSince(metadata: ObjectMeta | undefined): number {
  const writers = (metadata?.managedFields ?? []).filter(({ fieldsV1 }) => {
    const labels = (fieldsV1 as { "f:metadata"?: { "f:labels"?: object } } | undefined)?.["f:metadata"]?.["f:labels"];
    return labels !== undefined && `f:${ENFORCE}` in labels;
  });
  const written = writers.map(({ time }) => Date.parse(time ?? "")).filter(Number.isFinite);
  return written.length === 0 ? Infinity : Math.max(...written);
}

/**
 * What of a pod violates a level beyond doubt, in words; empty where nothing is known to. What depends on the version of the
 * rules, as the list of safe sysctls does, is not looked at.
 * Source: k8s.io/pod-security-admission/policy; kubernetes.io/docs/concepts/security/pod-security-standards
 */
export function podSecurityViolations(spec: PodSpec, level: PodSecurityLevel): string[] {
  const containers = containersOf({ spec });
  const which = level === "baseline" ? BASELINE : [...BASELINE, ...RESTRICTED];
  return which.filter(({ isBroken }) => isBroken(spec, containers)).map(({ what }) => what);
}

interface Check {
  what: string;
  isBroken: (spec: PodSpec, containers: readonly Container[]) => boolean;
}

const BASELINE_CAPABILITIES: ReadonlySet<string> = new Set([
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"],
  ...["SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
]);

const BASELINE: readonly Check[] = [
  {
    what: "a namespace of the host (hostNetwork, hostPID, hostIPC)",
    isBroken: ({ hostNetwork, hostPID, hostIPC }) => [hostNetwork, hostPID, hostIPC].includes(true),
  },
  {
    what: "a privileged container",
    isBroken: (_spec, containers) => containers.some(({ securityContext }) => securityContext?.privileged === true),
  },
  { what: "a hostPath volume", isBroken: ({ volumes = [] }) => volumes.some(({ hostPath }) => hostPath !== undefined) },
  {
    what: "a hostPort",
    isBroken: (_spec, containers) =>
      containers.some(({ ports = [] }) => ports.some(({ hostPort = 0 }) => hostPort !== 0)),
  },
  { what: "an added capability", isBroken: (_spec, containers) => adds(containers, BASELINE_CAPABILITIES) },
  {
    what: "seccomp profile Unconfined",
    isBroken: (spec, containers) =>
      [spec, ...containers].some(({ securityContext }) => securityContext?.seccompProfile?.type === "Unconfined"),
  },
];

const RESTRICTED_CAPABILITIES: ReadonlySet<string> = new Set(["NET_BIND_SERVICE"]);
const RESTRICTED_VOLUMES: ReadonlySet<string> = new Set([
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected"],
  ...["secret", "name", "hostPath"],
]);

const RESTRICTED: readonly Check[] = [
  {
    what: "a type of volume",
    isBroken: ({ volumes = [] }) =>
      volumes.some((volume) => Object.keys(volume).some((type) => !RESTRICTED_VOLUMES.has(type))),
  },
  {
    what: "allowPrivilegeEscalation is not false",
    isBroken: (spec, containers) =>
      isLinux(spec) && containers.some(({ securityContext: own }) => own?.allowPrivilegeEscalation !== false),
  },
  {
    what: "runAsNonRoot is not true",
    isBroken: (spec, containers) =>
      spec.hostUsers !== false &&
      containers.some((one) => (one.securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) !== true),
  },
  {
    what: "runAsUser is 0",
    isBroken: (spec, containers) =>
      spec.hostUsers !== false && [spec, ...containers].some(({ securityContext }) => securityContext?.runAsUser === 0),
  },
  {
    what: "no seccomp profile",
    isBroken: (spec, containers) =>
      isLinux(spec) &&
      containers.some(
        ({ securityContext: own }) => (own?.seccompProfile ?? spec.securityContext?.seccompProfile) === undefined,
      ),
  },
  {
    what: "not all capabilities are dropped",
    isBroken: (spec, containers) =>
      isLinux(spec) &&
      (adds(containers, RESTRICTED_CAPABILITIES) ||
        containers.some((one) => one.securityContext?.capabilities?.drop?.includes("ALL") !== true)),
  },
];

function isLinux({ os }: PodSpec): boolean {
  return os?.name !== "windows";
}

function adds(containers: readonly Container[], allowed: ReadonlySet<string>): boolean {
  return containers.some(
    ({ securityContext }) => securityContext?.capabilities?.add?.some((name) => !allowed.has(name)) === true,
  );
}
