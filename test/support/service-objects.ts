import type { EndpointSlice, Ingress, Service } from "../../functions/shared/kubernetes/types.ts";
import { ago } from "./objects.ts";

/** A Service `shop/web` that is two days old and selects the pods of Deployment `shop/web`. */
export function service(spec: Service["spec"] = {}, metadata: Service["metadata"] = {}): Service {
  return {
    metadata: { name: "web", namespace: "shop", uid: "service-uid", creationTimestamp: ago(172_800), ...metadata },
    spec: { type: "ClusterIP", selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
  };
}

/** Its EndpointSlice, with one endpoint; its controller wrote it last so many seconds ago. */
export function slice(overrides: Partial<EndpointSlice> = {}, writtenAgo = 3_600, name = "web"): EndpointSlice {
  return {
    metadata: {
      name: `${name}-x7k2p`,
      namespace: "shop",
      labels: { "kubernetes.io/service-name": name },
      creationTimestamp: ago(172_800),
      managedFields: [{ manager: "kube-controller-manager", operation: "Update", time: ago(writtenAgo) }],
    },
    addressType: "IPv4",
    ports: [{ name: "", port: 8080, protocol: "TCP" }],
    endpoints: [{ addresses: ["10.0.0.1"] }],
    ...overrides,
  };
}

/** One without endpoints, as its controller makes it where no pod is selected. */
export function emptySlice(writtenAgo = 3_600, name = "web"): EndpointSlice {
  return slice({ ports: [], endpoints: [] }, writtenAgo, name);
}

/** An Ingress `shop/front` that sends to these Services, two days old. */
export function ingress(names: readonly string[], metadata: Ingress["metadata"] = {}): Ingress {
  const paths = names.map((name) => ({
    path: `/${name}`,
    pathType: "Prefix",
    backend: { service: { name, port: { number: 80 } } },
  }));
  return {
    metadata: { name: "front", namespace: "shop", creationTimestamp: ago(172_800), ...metadata },
    spec: { rules: [{ http: { paths } }] },
  };
}
