import { join } from "node:path";
import type { Credentials } from "./credentials.ts";

/** Where everything of one cluster is. */
export interface Layout {
  directory: string;
  logs: string;
  certificates: string;
  auditLog: string;
  credentials: Credentials;
  ports: { etcd: number; etcdPeer: number; api: number };
}

/** A second way to authenticate, beside the cluster's own tokens. */
export interface Authentication {
  /** Path of a kubeconfig whose server reviews tokens: a webhook that answers TokenReview v1. */
  webhookConfig: string;
}

/** How many requests a second a controller may make; by default 20 of each controller of the manager. */
const CLIENT_RATE = ["--kube-api-qps=500", "--kube-api-burst=1000"];

/** The arguments of each component. Everything listens on loopback only. */
export function componentArguments(
  layout: Layout,
  controllers: boolean,
  authentication?: Authentication,
): Record<"etcd" | "apiServer" | "controllerManager" | "scheduler" | "kwok", string[]> {
  const { directory, certificates, auditLog, credentials, ports } = layout;
  const etcd = `http://127.0.0.1:${ports.etcd}`;
  const kubeconfig = (name: string) => `--kubeconfig=${join(directory, `${name}.kubeconfig`)}`;
  return {
    etcd: [
      `--data-dir=${join(directory, "etcd")}`,
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${ports.etcdPeer}`,
      // Nothing here outlives the process, so nothing has to reach the disk before it is answered.
      "--unsafe-no-fsync",
      // Room for a hundred thousand pods and their history.
      `--quota-backend-bytes=${8 * 1024 ** 3}`,
    ],
    apiServer: [
      `--etcd-servers=${etcd}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      // The kubernetes Service cannot have a loopback address for an endpoint.
      "--endpoint-reconciler-type=none",
      `--secure-port=${ports.api}`,
      `--cert-dir=${certificates}`,
      `--token-auth-file=${credentials.tokenFile}`,
      ...(authentication === undefined ? [] : webhookArguments(authentication)),
      "--authorization-mode=Node,RBAC",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      `--audit-policy-file=${join(directory, "audit-policy.yaml")}`,
      `--audit-log-path=${auditLog}`,
      // It would begin a new file at 100 MB, and whoever reads this one would miss what was before, or after.
      "--audit-log-maxsize=2000",
      // Nobody makes service accounts where no controller runs.
      ...(controllers ? [] : ["--disable-admission-plugins=ServiceAccount"]),
    ],
    controllerManager: [
      kubeconfig("controller-manager"),
      `--service-account-private-key-file=${credentials.serviceAccountKey}`,
      `--root-ca-file=${join(certificates, "apiserver.crt")}`,
      "--use-service-account-credentials",
      "--leader-elect=false",
      "--secure-port=0",
      // The defaults are made for large clusters; here nobody wants to wait for them.
      "--horizontal-pod-autoscaler-sync-period=2s",
      "--horizontal-pod-autoscaler-downscale-stabilization=10s",
      "--horizontal-pod-autoscaler-cpu-initialization-period=1s",
      "--horizontal-pod-autoscaler-initial-readiness-delay=1s",
      "--node-monitor-period=2s",
      "--node-monitor-grace-period=15s",
      // Nothing but this machine is to be spared: a rollout does not wait for other rollouts.
      ...CLIENT_RATE,
      "--concurrent-deployment-syncs=20",
      "--concurrent-replicaset-syncs=20",
      "--concurrent-statefulset-syncs=20",
      "--concurrent-daemonset-syncs=20",
      "--concurrent-horizontal-pod-autoscaler-syncs=20",
    ],
    scheduler: [kubeconfig("scheduler"), "--leader-elect=false", "--secure-port=0", ...CLIENT_RATE],
    kwok: [
      kubeconfig("kwok"),
      `--config=${join(directory, "stages.yaml")}`,
      "--manage-all-nodes=true",
      // Nodes report through their status alone, so that a stage can make one fall silent.
      "--node-lease-duration-seconds=0",
    ],
  };
}

function webhookArguments({ webhookConfig }: Authentication): string[] {
  return [
    `--authentication-token-webhook-config-file=${webhookConfig}`,
    "--authentication-token-webhook-version=v1",
    // A refusal is never remembered; an accepted token is for ten seconds, which no flag changes.
    "--authentication-token-webhook-cache-ttl=0s",
  ];
}
