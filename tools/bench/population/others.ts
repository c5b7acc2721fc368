import { CONTROLLERS, minutesBefore, randomOf, selectorOf, time, type Manifest, type Stored } from "./objects.ts";
import type { Plan, Planned } from "./plan.ts";
import { Random } from "./random.ts";

const DAY = 86_400_000;
/** One in so many nodes is cordoned, and well. */
const CORDONED = 40;
/** The share of the Deployments that a Service sends to. */
const SERVED = 0.7;

export function namespaceObject({ size }: Plan, name: string): Stored {
  const random = new Random(size.seed, "namespace-object", name);
  const born = time(new Date(size.built.getTime() - (201 + random.below(300)) * DAY));
  const object: Manifest = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      uid: random.uid(),
      creationTimestamp: born,
      labels: { "kubernetes.io/metadata.name": name, team: name.split("-")[0] ?? name },
    },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  };
  return { resource: "namespaces", object, manager: "argocd-controller", reported: { at: born, by: CONTROLLERS } };
}

export function nodeObject({ size }: Plan, name: string, index: number): Stored {
  const random = new Random(size.seed, "node-object", name);
  const born = time(new Date(size.built.getTime() - (1 + random.below(60)) * DAY));
  const room = { cpu: "16", memory: "64Gi", pods: "110", "ephemeral-storage": "100Gi" };
  const condition = (type: string, status: string, reason: string) => ({
    ...{ type, status, reason, message: `kubelet reports ${reason}` },
    ...{ lastHeartbeatTime: time(size.built), lastTransitionTime: born },
  });
  const object: Manifest = {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      uid: random.uid(),
      creationTimestamp: born,
      labels: {
        "kubernetes.io/hostname": name,
        "node.kubernetes.io/instance-type": random.pick(["m7g.4xlarge", "m7i.4xlarge", "r7g.2xlarge"]),
        "topology.kubernetes.io/zone": random.pick(["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
      },
    },
    spec: {
      providerID: `aws:///eu-west-1a/i-0${random.hex(16)}`,
      ...(index % CORDONED === CORDONED - 1 ? { unschedulable: true } : {}),
    },
    status: {
      capacity: room,
      allocatable: room,
      conditions: [
        condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID"),
        condition("Ready", "True", "KubeletReady"),
      ],
      images: Array.from({ length: 30 }, () => ({
        names: [`123456789012.dkr.ecr.eu-west-1.amazonaws.com/${random.suffix(9)}@sha256:${random.hex(64)}`],
        sizeBytes: 100_000_000 + random.below(900_000_000),
      })),
    },
  };
  return { resource: "nodes", object, manager: "kubelet", reported: { at: time(size.built), by: "kubelet" } };
}

export function hpaObject(plan: Plan, planned: Planned): Stored {
  const { built, now } = plan.size;
  const random = randomOf(plan, planned, "hpa");
  const born = time(new Date(built.getTime() - (1 + random.below(100)) * DAY));
  const isAtMaximum = planned.failure === "hpa-at-maximum";
  const isBlind = planned.failure === "hpa-without-metrics";
  const isAtMinimum = !isAtMaximum && !isBlind && random.below(3) === 0;
  const { replicas } = planned;
  const since = isAtMaximum || isBlind ? minutesBefore(now, 9) : born;
  const use = isAtMaximum ? 100 : 20 + random.below(50);
  const condition = (type: string, status: string, reason: string, message: string) => ({
    ...{ type, status, reason, message, lastTransitionTime: since },
  });
  const object: Manifest = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: {
      name: planned.name,
      namespace: planned.namespace,
      uid: random.uid(),
      creationTimestamp: born,
      labels: selectorOf(planned),
      annotations: { "meta.helm.sh/release-name": planned.name, "meta.helm.sh/release-namespace": planned.namespace },
    },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: planned.name },
      minReplicas: isAtMinimum || isBlind ? replicas : 1,
      maxReplicas: isAtMaximum ? replicas : replicas * 2 + 1,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
    },
    status: {
      observedGeneration: 1,
      ...{ currentReplicas: replicas, desiredReplicas: replicas, lastScaleTime: time(built) },
      ...(isBlind
        ? {}
        : {
            currentMetrics: [
              {
                type: "Resource",
                resource: { name: "cpu", current: { averageUtilization: use, averageValue: `${use * 2}m` } },
              },
            ],
          }),
      conditions: [
        condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"),
        isBlind
          ? condition(
              "ScalingActive",
              "False",
              "FailedGetResourceMetric",
              "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API",
            )
          : condition(
              "ScalingActive",
              "True",
              "ValidMetricFound",
              "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)",
            ),
        isAtMaximum
          ? condition(
              "ScalingLimited",
              "True",
              "TooManyReplicas",
              "the desired replica count is more than the maximum replica count",
            )
          : isAtMinimum
            ? condition(
                "ScalingLimited",
                "True",
                "TooFewReplicas",
                "the desired replica count is less than the minimum replica count",
              )
            : condition(
                "ScalingLimited",
                "False",
                "DesiredWithinRange",
                "the desired count is within the acceptable range",
              ),
      ],
    },
  };
  return { resource: "horizontalpodautoscalers", object, manager: "helm", reported: { at: since, by: CONTROLLERS } };
}

/** Whether a Service sends to the workload. */
export function isServed(plan: Plan, planned: Planned): boolean {
  if (planned.pool === "StatefulSet") return true;
  return planned.pool === "Deployment" && randomOf(plan, planned, "service").next() < SERVED;
}

/** A Service without an address of its own: the API server keeps lists of addresses, and mends them on its own time. */
export function* serviceObjects(plan: Plan, planned: Planned): Generator<Stored> {
  const random = randomOf(plan, planned, "service-object");
  const born = time(new Date(plan.size.built.getTime() - (1 + random.below(200)) * DAY));
  const labels = { ...selectorOf(planned), team: planned.team };
  const place = { namespace: planned.namespace, creationTimestamp: born };
  const service: Manifest = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: planned.name, ...place, uid: random.uid(), labels },
    spec: {
      ...{ type: "ClusterIP", clusterIP: "None", clusterIPs: ["None"] },
      selector: selectorOf(planned),
      ports: [{ name: "http", port: 80, targetPort: "http" }],
    },
  };
  const reported = { at: born, by: CONTROLLERS };
  yield { resource: "services", object: service, manager: "helm", reported };
  const endpoints = Array.from({ length: Math.min(planned.replicas, 100) }, (_none, index) => ({
    addresses: [`10.${random.below(40) + 100}.${random.below(256)}.${random.below(256)}`],
    conditions: { ready: index >= planned.failing || planned.replicas === 1, serving: true, terminating: false },
    nodeName: plan.nodes[random.below(plan.nodes.length)] ?? "",
    targetRef: {
      kind: "Pod",
      namespace: planned.namespace,
      name: `${planned.name}-${random.suffix(9)}-${random.suffix(5)}`,
    },
  }));
  const slice: Manifest = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${planned.name}-${random.suffix(5)}`,
      ...place,
      uid: random.uid(),
      labels: { ...labels, "kubernetes.io/service-name": planned.name },
      ownerReferences: [
        {
          ...{ apiVersion: "v1", kind: "Service", name: planned.name, uid: service.metadata.uid },
          ...{ controller: true, blockOwnerDeletion: true },
        },
      ],
    },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8_080, protocol: "TCP" }],
    endpoints,
  };
  yield { resource: "endpointslices", object: slice, manager: CONTROLLERS, reported };
}

/** An event about something else than what is looked at, of which every namespace has many. */
export function foreignEvent({ size }: Plan, namespace: string, index: number): Stored {
  const random = new Random(size.seed, "event", namespace, index);
  const at = minutesBefore(size.built, random.below(55));
  const about = `${random.suffix(7)}-${random.suffix(9)}-${random.suffix(5)}`;
  const [reason, message] = random.pick([
    [
      "Pulled",
      `Container image "registry.example.com/${random.suffix(8)}:${random.hex(7)}" already present on machine`,
    ],
    ["SuccessfulCreate", `Created pod: ${about}`],
    ["Unhealthy", `Readiness probe failed: Get "http://10.0.${random.below(256)}.${random.below(256)}:8080/": EOF`],
    ["Killing", "Stopping container app"],
  ]);
  const object: Manifest = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${about}.${random.hex(16)}`, namespace, uid: random.uid(), creationTimestamp: at },
    ...{ reason, message, type: reason === "Unhealthy" ? "Warning" : "Normal", count: 1 + random.below(9) },
    involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name: about, uid: random.uid(), resourceVersion: "1" },
    source: { component: "kubelet", host: `node-${random.below(100)}` },
    ...{ firstTimestamp: at, lastTimestamp: at, reportingComponent: "kubelet", reportingInstance: "" },
  };
  return { resource: "events", object, manager: "kubelet", reported: { at, by: "kubelet" } };
}
