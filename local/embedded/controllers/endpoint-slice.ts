import { isDeepStrictEqual } from "node:util";
import { ENDPOINT_SLICES, PODS, SERVICES } from "../kinds.ts";
import { isReady, isTerminating } from "../pod-facts.ts";
import type { Store } from "../store.ts";
import type { EndpointSlice, Pod, Service } from "../types.ts";
import { controlledBy, fromKey, isBeingDeleted, keyOf, type Controller } from "./controller.ts";

type ServicePort = NonNullable<NonNullable<Service["spec"]>["ports"]>[number];
type Ports = NonNullable<EndpointSlice["ports"]>;
type Endpoint = NonNullable<EndpointSlice["endpoints"]>[number];

const LABELS = { "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io" };

/**
 * Keeps the EndpointSlices of Services: one for the pods that have the same ports, and one without any where there are none.
 * Source of the rules: kubernetes staging/src/k8s.io/endpointslice, reconciler.go and utils.go
 */
export function endpointSliceController(store: Store): Controller {
  return {
    concernedBy: ({ resource, object }) => {
      if (resource === SERVICES) return [keyOf(object.metadata)];
      if (resource !== PODS) return [];
      return store.list(SERVICES, object.metadata?.namespace).map(({ metadata }) => keyOf(metadata));
    },
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const service = store.find<Service>(SERVICES, namespace, name);
      if (service === undefined || isBeingDeleted(service) || service.spec?.type === "ExternalName") return undefined;
      // Who makes a Service without a selector keeps its endpoints.
      if (service.spec?.selector !== undefined) keep(store, service, wantedSlices(store, service));
      return undefined;
    },
  };
}

interface Wanted {
  ports: Ports;
  endpoints: Endpoint[];
}

function wantedSlices(store: Store, { metadata, spec }: Service): Wanted[] {
  const selector = Object.entries(spec?.selector ?? {});
  const pods = store
    .list<Pod>(PODS, metadata?.namespace, (pod) =>
      selector.every(([key, value]) => pod.metadata?.labels?.[key] === value),
    )
    .filter(({ status }) => status?.podIP !== undefined && !["Succeeded", "Failed"].includes(status.phase ?? ""));
  const alike = Map.groupBy(pods, (pod) => JSON.stringify(portsOf(pod, spec?.ports ?? [])));
  if (alike.size === 0) return [{ ports: [], endpoints: [] }];
  return [...alike].map(([ports, some]) => ({ ports: JSON.parse(ports) as Ports, endpoints: some.map(endpointOf) }));
}

function endpointOf(pod: Pod): Endpoint {
  const ready = isReady(pod);
  const terminating = isTerminating(pod);
  const { namespace = "", name = "", uid = "" } = pod.metadata ?? {};
  return {
    addresses: [pod.status?.podIP ?? ""],
    conditions: { ready: ready && !terminating, serving: ready, terminating },
    ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: "Pod", namespace, name, uid },
  };
}

/** A named port that a pod does not have is left out. */
function portsOf(pod: Pod, ports: readonly ServicePort[]): Ports {
  return ports.flatMap(({ name = "", port, protocol = "TCP", targetPort }) => {
    const number = typeof targetPort === "string" ? numberOf(pod, targetPort, protocol) : (targetPort ?? port);
    return number === undefined ? [] : [{ name, port: number, protocol }];
  });
}

/** Source: kubernetes pkg/api/v1/pod/util.go, FindPort */
function numberOf({ spec }: Pod, name: string, protocol: string): number | undefined {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...(spec?.containers ?? []), ...sidecars]
    .flatMap(({ ports = [] }) => ports)
    .find((port) => port.name === name && (port.protocol ?? "TCP") === protocol)?.containerPort;
}

function keep(store: Store, service: Service, wanted: readonly Wanted[]): void {
  const there = controlledBy<EndpointSlice>(store, ENDPOINT_SLICES, service);
  for (const [index, { ports, endpoints }] of wanted.entries()) {
    const present = there[index];
    if (present === undefined) store.create<EndpointSlice>(ENDPOINT_SLICES, sliceOf(service, { ports, endpoints }));
    else if (!isDeepStrictEqual([present.ports ?? [], present.endpoints ?? []], [ports, endpoints])) {
      store.update<EndpointSlice>(ENDPOINT_SLICES, { ...present, ports, endpoints });
    }
  }
  for (const { metadata } of there.slice(wanted.length)) {
    store.delete(ENDPOINT_SLICES, metadata?.namespace, metadata?.name ?? "");
  }
}

function sliceOf({ metadata }: Service, { ports, endpoints }: Wanted): EndpointSlice {
  const { namespace = "", name = "", uid = "" } = metadata ?? {};
  return {
    metadata: {
      namespace,
      generateName: `${name}-`,
      labels: { ...LABELS, "kubernetes.io/service-name": name },
      ownerReferences: [{ apiVersion: "v1", kind: "Service", name, uid, controller: true, blockOwnerDeletion: true }],
    },
    addressType: "IPv4",
    endpoints,
    ports,
  };
}
