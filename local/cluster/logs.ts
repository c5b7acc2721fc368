import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { isRemediationError } from "../../functions/shared/errors.ts";
import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Pod } from "../../functions/shared/kubernetes/types.ts";
import { logOptionsOf, simulatedLog } from "../embedded/index.ts";

/** Where a kubelet serves logs. Source: kubernetes pkg/kubelet/server/server.go */
const LOG = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** Serves the logs of all simulated nodes on loopback, as their kubelets would, for the API server to read. */
export async function serveLogs(
  cluster: Cluster,
  tls: { cert: string; key: string },
): Promise<{ server: Server; port: number }> {
  const server = createServer(tls, (request, response) => {
    answer(cluster, new URL(request.url ?? "/", "https://localhost"))
      .then(({ status, body }) => response.writeHead(status, { "content-type": "text/plain" }).end(body))
      .catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function answer(cluster: Cluster, url: URL): Promise<{ status: number; body: string }> {
  const [, namespace = "", name = "", container = ""] = LOG.exec(url.pathname)?.map(decodeURIComponent) ?? [];
  if (container === "") return { status: 404, body: "404 page not found\n" };
  try {
    const pod = await cluster.get<Pod>(paths.pod(namespace, name));
    const body = simulatedLog(pod, { ...logOptionsOf(url.searchParams, pod), container });
    return body === undefined
      ? { status: 400, body: `previous terminated container "${container}" in pod "${name}" not found` }
      : { status: 200, body };
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return { status: 404, body: `pod "${name}" not found` };
    throw error;
  }
}
