import { quantity } from "../shared/kubernetes/quantity.ts";
import { containersOf, type Container } from "../shared/kubernetes/containers.ts";
import type { PodTemplate } from "../shared/kubernetes/types.ts";

/** The parts of pod templates that words are about, as they are compared. Orders that mean nothing are none. */

/** Whether two values are written alike; the order of the fields does not matter. */
export function isAlike(a: unknown, b: unknown): boolean {
  return written(a) === written(b);
}

function written(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** The container of that name; the only one there is where no name is known. */
export function containerOf(template: PodTemplate, name: string | undefined): Container | undefined {
  const all = containersOf(template);
  if (name === undefined) return all.length === 1 ? all[0] : undefined;
  return all.find((container) => container.name === name);
}

/**
 * The images that a container waits for: its own, and those that it mounts as volumes, of which the kubelet says the same.
 * Source: kubernetes.io/docs/tasks/configure-pod-container/image-volumes
 */
export function imagesOf(template: PodTemplate, name: string | undefined): string[] {
  const { image, volumeMounts = [] } = containerOf(template, name) ?? {};
  const mounted = new Set(volumeMounts.map((mount) => mount.name));
  const volumes = (template.spec?.volumes ?? []).filter((volume) => mounted.has(volume.name));
  return [image, ...volumes.map((volume) => volume.image?.reference)].filter((reference) => reference !== undefined);
}

/** What decides whether a container's images may be pulled: their repositories, and the credentials that its pods bring. */
export function accessOf(template: PodTemplate, name: string | undefined): unknown {
  const { imagePullSecrets = [], serviceAccountName = "default" } = template.spec ?? {};
  const repositories = imagesOf(template, name).map((image) => image.replace(/@.*$|:[^/:]*$/, ""));
  return [repositories, imagePullSecrets.map((secret) => secret.name), serviceAccountName];
}

/**
 * How much of a resource its pods request. What a pod requests as a whole stands for its containers.
 * Source: k8s.io/component-helpers resource/helpers.go, PodRequests
 */
export function requestOf({ spec }: PodTemplate, resource: string): number {
  const own = quantity(spec?.resources?.requests?.[resource] ?? spec?.resources?.limits?.[resource]);
  const ofContainers = peakOf(spec, ({ resources }) =>
    quantity(resources?.requests?.[resource] ?? resources?.limits?.[resource]),
  );
  return (own ?? ofContainers) + (quantity(spec?.overhead?.[resource]) ?? 0);
}

/** How much of a resource its pods may take. Source: k8s.io/component-helpers resource/helpers.go, PodLimits */
export function limitOf({ spec }: PodTemplate, resource: string): number {
  const own = quantity(spec?.resources?.limits?.[resource]);
  return own ?? peakOf(spec, ({ resources }) => quantity(resources?.limits?.[resource]));
}

/**
 * The most that the containers have at once. Init containers run one after the other, before the others; those that are
 * sidecars run on, beside all that come after them.
 */
function peakOf(spec: PodTemplate["spec"], of: (container: Container) => number | undefined): number {
  let sidecars = 0;
  let peak = 0;
  for (const container of spec?.initContainers ?? []) {
    const amount = of(container) ?? 0;
    if (container.restartPolicy === "Always") sidecars += amount;
    peak = Math.max(peak, container.restartPolicy === "Always" ? sidecars : sidecars + amount);
  }
  return Math.max(
    peak,
    (spec?.containers ?? []).reduce((sum, container) => sum + (of(container) ?? 0), sidecars),
  );
}

/** The requests and limits of the pod as a whole, and of each container. */
export function resourcesOf(template: PodTemplate): unknown {
  const amounts = (of: { requests?: object; limits?: object } = {}) => [of.requests ?? {}, of.limits ?? {}];
  return [
    amounts(template.spec?.resources),
    containersOf(template).map(({ name, resources }) => [name, amounts(resources)]),
  ];
}

/** The ports of the node that its pods ask for. */
export function hostPortsOf(template: PodTemplate): string[] {
  const own = template.spec?.hostNetwork === true;
  return containersOf(template)
    .flatMap(({ ports = [] }) => ports)
    .flatMap(({ hostPort, containerPort, protocol = "TCP", hostIP = "" }) => {
      const port = own ? containerPort : (hostPort ?? 0);
      return port === 0 ? [] : [`${protocol} ${hostIP}:${port}`];
    });
}

/** The nodes that its pods may go to. */
export function nodesOf({ spec }: PodTemplate): unknown {
  return [spec?.nodeSelector ?? {}, spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution];
}

/** What its pods need beside their containers' images: the volumes with where they are mounted, and what the pod is. */
export function volumesOf(template: PodTemplate): unknown {
  const mounts = containersOf(template).map(({ name, volumeMounts = [] }) => [name, volumeMounts]);
  return [template.spec?.volumes ?? [], mounts.filter(([, list]) => list?.length !== 0)];
}

/** The volumes that hold data: claims, and those that are made with the pod. */
export function claimsOf({ spec }: PodTemplate): unknown {
  return (spec?.volumes ?? [])
    .filter(({ persistentVolumeClaim, ephemeral, csi }) => (persistentVolumeClaim ?? ephemeral ?? csi) !== undefined)
    .map(({ persistentVolumeClaim, ephemeral, csi }) => [persistentVolumeClaim?.claimName, ephemeral, csi]);
}

/** The devices that its pods and their containers claim. */
export function deviceClaimsOf(template: PodTemplate): unknown {
  return [template.spec?.resourceClaims, containersOf(template).map(({ resources }) => resources?.claims)];
}

/** What Pod Security and its like look at. Source: k8s.io/pod-security-admission/policy */
export function securityOf(template: PodTemplate): unknown {
  const { spec, metadata } = template;
  return [
    [spec?.securityContext ?? {}, spec?.hostNetwork, spec?.hostPID, spec?.hostIPC, spec?.serviceAccountName],
    containersOf(template).map(({ name, securityContext }) => [name, securityContext ?? {}]),
    [hostPortsOf(template), (spec?.volumes ?? []).map(({ name: _name, ...source }) => Object.keys(source))],
    Object.entries(metadata?.annotations ?? {}).filter(([key]) => /seccomp|apparmor/.test(key)),
  ];
}

/** Everything but what the containers run: their images, commands and environment. */
export function besidesPrograms({ metadata, spec }: PodTemplate): unknown {
  const { containers = [], initContainers = [], ...rest } = spec ?? {};
  const frame = ({ name, volumeMounts, volumeDevices, ports, resources, securityContext }: Container) => ({
    ...{ name, volumeMounts, volumeDevices, ports, resources, securityContext },
  });
  return [metadata?.labels, metadata?.annotations, rest, containers.map(frame), initContainers.map(frame)];
}
