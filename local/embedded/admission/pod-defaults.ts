import type * as k8s from "@kubernetes/client-node";
import type { Pod, PodTemplate, Wire } from "../types.ts";
import { withDefaults } from "./with-defaults.ts";

type PodSpec = NonNullable<PodTemplate["spec"]>;
type Container = PodSpec["containers"][number];
type Probe = NonNullable<Container["readinessProbe"]>;
type Toleration = Wire<k8s.V1Toleration>;

/** How long a pod stays on a node that is gone. Source: kubernetes plugin/pkg/admission/defaulttolerationseconds */
const TOLERATED_SECONDS = 300;

/** Fills in what a pod's spec leaves out, in a template too. Source: kubernetes pkg/apis/core/v1/defaults.go */
export function defaultPodSpec(spec: PodSpec): void {
  withDefaults(spec, {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
  });
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) defaultContainer(container);
  for (const volume of spec.volumes ?? []) {
    for (const files of [volume.secret, volume.configMap])
      if (files !== undefined) withDefaults(files, { defaultMode: 420 });
  }
}

/** Fills in what a pod gets besides, once it is no template any more. */
export function defaultPod(pod: Pod): void {
  const spec = pod.spec ?? { containers: [] };
  for (const { resources } of [...(spec.initContainers ?? []), ...spec.containers]) {
    // What is limited is requested as well.
    if (resources?.limits !== undefined) resources.requests = { ...resources.limits, ...resources.requests };
  }
  withDefaults(spec, {
    serviceAccountName: "default",
    serviceAccount: "default",
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: "PreemptLowerPriority",
  });
  for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
    spec.tolerations ??= [];
    if (!spec.tolerations.some((toleration) => tolerates(toleration, key))) {
      spec.tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: TOLERATED_SECONDS });
    }
  }
}

function tolerates({ key = "", effect = "" }: Toleration, taint: string): boolean {
  return ["", taint].includes(key) && ["", "NoExecute"].includes(effect);
}

/** The quality of service that the kubelet gives a pod. Source: kubernetes pkg/apis/core/v1/helper/qos */
export function qosClassOf({ spec }: Pod): "Guaranteed" | "Burstable" | "BestEffort" {
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ resources }) => resources ?? {});
  if (all.every(({ limits, requests }) => isEmpty(limits) && isEmpty(requests))) return "BestEffort";
  const guaranteed = all.every(({ limits, requests }) =>
    ["cpu", "memory"].every((name) => limits?.[name] !== undefined && limits[name] === requests?.[name]),
  );
  return guaranteed ? "Guaranteed" : "Burstable";
}

function isEmpty(amounts: object = {}): boolean {
  return Object.keys(amounts).length === 0;
}

function defaultContainer(container: Container): void {
  withDefaults(container, {
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: isLatest(container.image ?? "") ? "Always" : "IfNotPresent",
  });
  for (const port of container.ports ?? []) withDefaults(port, { protocol: "TCP" });
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef !== undefined) withDefaults(valueFrom.fieldRef, { apiVersion: "v1" });
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe !== undefined) defaultProbe(probe);
  }
}

function defaultProbe(probe: Probe): void {
  withDefaults(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (probe.httpGet !== undefined) withDefaults(probe.httpGet, { path: "/", scheme: "HTTP" });
}

/** Whether an image has the tag `latest`, or none. */
function isLatest(image: string): boolean {
  const [, tag] = /:([^:/@]+)$/.exec(image) ?? [];
  return !image.includes("@") && (tag === undefined || tag === "latest");
}
