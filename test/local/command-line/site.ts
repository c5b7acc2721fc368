import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { startEmbeddedCluster } from "../../../local/embedded/index.ts";
import { Upstream } from "../../faults/proxy/forward.ts";
import type { FaultPlan } from "../../faults/proxy/plan.ts";
import { FaultProxy } from "../../faults/proxy/proxy.ts";
import { web } from "../embedded/served.ts";

/** A cluster that the command line reaches with a kubeconfig, by way of a proxy. */
export interface Site {
  /** What to give to the command line. */
  args: string[];
  report: string;
  /** Where outcomes are kept. */
  record: string;
  /** What the proxy does with each request from now on. */
  plan: (plan: FaultPlan) => void;
  replicas: () => Promise<number>;
  /** Who holds the claim on the Deployment; undefined for nobody. */
  holder: () => Promise<string | undefined>;
  stop: () => Promise<void>;
}

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases";

/** Starts a cluster with a Deployment `web` of two replicas in the namespace `shop`. */
export async function startSite(): Promise<Site> {
  const cluster = await startEmbeddedCluster(1);
  let plan: FaultPlan = () => undefined;
  const upstream = new Upstream({ name: "c", server: cluster.url, authenticate: () => Promise.resolve({}) });
  const proxy = await FaultProxy.start({ upstream, plan: (request) => plan(request) });
  await cluster.kubectl.run(["create", "namespace", "shop"]);
  const manifest = { apiVersion: "apps/v1", kind: "Deployment", ...web({ spec: { replicas: 2 } }) };
  await cluster.kubectl.run(["-n", "shop", "apply", "-f", "-"], JSON.stringify(manifest));
  await cluster.kubectl.run(["-n", "shop", "rollout", "status", "deployment/web", "--timeout=30s"]);

  const directory = mkdtempSync(join(tmpdir(), "command-line-"));
  const kubeconfig = join(directory, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigFor(proxy.connection("c").server, { token: "t" }));
  const report = join(directory, "report.html");
  const record = join(directory, "record.jsonl");
  const input = { action: "scale_deployment", namespace: "shop", deployment_name: "web", replicas: 3 };
  return {
    args: ["--kubeconfig", kubeconfig, "--report", report, "--record", record, "--input", JSON.stringify(input)],
    report,
    record,
    plan: (next) => (plan = next),
    replicas: async () => {
      const text = await cluster.kubectl.run(["-n", "shop", "get", "deployment/web", "-o", "json"]);
      return (JSON.parse(text) as { spec: { replicas: number } }).spec.replicas;
    },
    holder: async () => {
      const { items } = (await (await fetch(`${cluster.url}${LEASES}`)).json()) as { items: Lease[] };
      return items.map(({ spec }) => spec?.holderIdentity ?? undefined).find((holder) => holder !== undefined);
    },
    stop: async () => {
      await proxy.stop();
      upstream.close();
      await cluster.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

/** A kubeconfig with one context, whose user is given. Plain HTTP is only taken from one that verifies nothing. */
export function kubeconfigFor(server: string, user: object): string {
  return JSON.stringify({
    clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "mine", context: { cluster: "c", user: "u" } }],
    "current-context": "mine",
  });
}
