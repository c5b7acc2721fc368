import type { PodTemplate } from "../../shared/kubernetes/types.ts";
import { plainQuantity } from "./plain-quantity.ts";

type PodSpec = NonNullable<PodTemplate["spec"]>;
type Container = PodSpec["containers"][number];
type Probe = NonNullable<Container["readinessProbe"]>;
type Volume = NonNullable<PodSpec["volumes"]>[number];
type Quantities = Record<string, string>;

/** The mode of files that the API server gives those of a volume, 0644. */
const FILE_MODE = 420;

/**
 * A pod template as the API server stores it in a ReplicaSet: with what it fills in. To the API server the template in a
 * Rollout is a custom object's field, which it leaves as it was written, so that without this no revision would ever be told
 * to be the present one. What is missed here makes two templates differ that are the same, so that nothing is rolled back.
 * Source: kubernetes pkg/apis/core/v1/defaults.go
 */
export function storedTemplate(template: PodTemplate): PodTemplate {
  const { metadata, spec } = withoutEmptyLists(template);
  return { ...(metadata === undefined ? {} : { metadata }), ...(spec === undefined ? {} : { spec: storedSpec(spec) }) };
}

function storedSpec(spec: PodSpec): PodSpec {
  const { containers, initContainers, volumes } = spec;
  const account = spec.serviceAccountName ?? (spec as { serviceAccount?: string }).serviceAccount;
  return {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    ...spec,
    ...(account === undefined ? {} : { serviceAccountName: account, serviceAccount: account }),
    containers: containers.map(storedContainer),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(storedContainer) }),
    ...(volumes === undefined ? {} : { volumes: volumes.map(storedVolume) }),
  };
}

function storedContainer(container: Container): Container {
  const { ports, env, resources, livenessProbe, readinessProbe, startupProbe } = container;
  return {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: isLatest(container.image ?? "") ? "Always" : "IfNotPresent",
    ...container,
    resources: {
      ...resources,
      ...(resources?.limits === undefined ? {} : { limits: plain(resources.limits) }),
      ...(resources?.requests === undefined ? {} : { requests: plain(resources.requests) }),
    },
    ...(ports === undefined ? {} : { ports: ports.map((port) => ({ protocol: "TCP" as const, ...port })) }),
    ...(env === undefined ? {} : { env: env.map(storedVariable) }),
    ...(livenessProbe === undefined ? {} : { livenessProbe: storedProbe(livenessProbe) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: storedProbe(readinessProbe) }),
    ...(startupProbe === undefined ? {} : { startupProbe: storedProbe(startupProbe) }),
  };
}

function storedVariable(variable: NonNullable<Container["env"]>[number]) {
  const { value, ...rest } = variable;
  const { valueFrom } = variable;
  // An empty value is none.
  const kept = value === undefined || value === "" ? rest : variable;
  if (valueFrom?.fieldRef === undefined) return kept;
  return { ...kept, valueFrom: { ...valueFrom, fieldRef: { apiVersion: "v1", ...valueFrom.fieldRef } } };
}

function storedProbe(probe: Probe): Probe {
  const { httpGet, grpc } = probe;
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...probe,
    ...(httpGet === undefined ? {} : { httpGet: { path: "/", scheme: "HTTP", ...httpGet } }),
    ...(grpc === undefined ? {} : { grpc: { service: "", ...grpc } }),
  };
}

function storedVolume(volume: Volume): Volume {
  const { secret, configMap, downwardAPI, projected } = volume;
  const withMode = <Files extends object>(files: Files) => ({ defaultMode: FILE_MODE, ...files });
  if (Object.keys(volume).every((key) => key === "name")) return { ...volume, emptyDir: {} };
  return {
    ...volume,
    ...(secret === undefined ? {} : { secret: withMode(secret) }),
    ...(configMap === undefined ? {} : { configMap: withMode(configMap) }),
    ...(downwardAPI === undefined ? {} : { downwardAPI: withMode(downwardAPI) }),
    ...(projected === undefined ? {} : { projected: withMode(projected) }),
  };
}

function plain(quantities: Quantities): Quantities {
  return Object.fromEntries(Object.entries(quantities).map(([name, text]) => [name, plainQuantity(text)]));
}

/** Whether an image has the tag `latest`, or none. */
function isLatest(image: string): boolean {
  const [, tag] = /:([^:/@]+)$/.exec(image) ?? [];
  return !image.includes("@") && (tag === undefined || tag === "latest");
}

/** The API server stores neither empty lists nor nulls. */
function withoutEmptyLists<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutEmptyLists(item)) as Value;
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([, field]: [string, unknown]) => field !== null && !(Array.isArray(field) && field.length === 0),
  );
  return Object.fromEntries(kept.map(([name, field]) => [name, withoutEmptyLists(field as unknown)])) as Value;
}
