import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Pod } from "../../functions/shared/kubernetes/types.ts";
import { type Usage, usageOf } from "../embedded/index.ts";

/** Serves metrics.k8s.io on loopback, for the real HPA controller to read through the API server. */
export async function serveMetrics(
  cluster: Cluster,
  tls: { cert: string; key: string },
): Promise<{ server: Server; port: number }> {
  const server = createServer(tls, (request, response) => {
    answer(cluster, new URL(request.url ?? "/", "https://localhost"))
      .then((body) => {
        response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
        response.end(JSON.stringify(body ?? { kind: "Status", status: "Failure", code: 404 }));
      })
      .catch((error: unknown) => {
        response.writeHead(503, { "content-type": "application/json" });
        response.end(JSON.stringify({ kind: "Status", status: "Failure", code: 503, message: String(error) }));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** Tells the API server where to find metrics.k8s.io. */
export async function registerMetrics(cluster: Cluster, port: number): Promise<void> {
  await cluster.create("/api/v1/namespaces/kube-system/services", {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "metrics" },
    spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
  });
  await cluster.create("/apis/apiregistration.k8s.io/v1/apiservices", {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: "v1beta1.metrics.k8s.io" },
    spec: {
      group: "metrics.k8s.io",
      version: "v1beta1",
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { name: "metrics", namespace: "kube-system", port },
      // Both ends are on loopback, and the certificate is the API server's own.
      insecureSkipTLSVerify: true,
    },
  });
}

const GROUP_VERSION = "metrics.k8s.io/v1beta1";
const POD_LIST = /^\/apis\/metrics\.k8s\.io\/v1beta1(?:\/namespaces\/([^/]+))?\/pods$/;

async function answer(cluster: Cluster, url: URL): Promise<object | undefined> {
  if (url.pathname === `/apis/${GROUP_VERSION}`) {
    return {
      kind: "APIResourceList",
      apiVersion: "v1",
      groupVersion: GROUP_VERSION,
      resources: [{ name: "pods", singularName: "", namespaced: true, kind: "PodMetrics", verbs: ["get", "list"] }],
    };
  }
  const match = POD_LIST.exec(url.pathname);
  if (match === null) return undefined;
  const selector = url.searchParams.get("labelSelector");
  const pods = await cluster.list<Pod>(paths.pods(match[1]), selector === null ? {} : { labelSelector: selector });
  return { kind: "PodMetricsList", apiVersion: GROUP_VERSION, metadata: {}, items: usageOf(pods).map(podMetrics) };
}

function podMetrics({ pod, millicores }: Usage): object {
  const containers = pod.spec?.containers ?? [];
  return {
    metadata: { name: pod.metadata?.name, namespace: pod.metadata?.namespace, labels: pod.metadata?.labels },
    timestamp: new Date().toISOString(),
    window: "10s",
    containers: containers.map(({ name }) => ({
      name,
      usage: { cpu: `${Math.round(millicores / containers.length)}m`, memory: "64Mi" },
    })),
  };
}
