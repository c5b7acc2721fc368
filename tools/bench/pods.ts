import type { Pod } from "../../functions/shared/kubernetes/types.ts";

/** The namespace of the pod with this index, when so many namespaces share the pods. */
export function namespaceOf(index: number, namespaces: number): string {
  return `team-${String(index % namespaces).padStart(3, "0")}`;
}

export function podName(index: number): string {
  return `checkout-api-7c9f6d5b4${(index % 10).toString()}-${index.toString(36).padStart(5, "0")}`;
}

/** Whether the pod with this index fails: they are spread evenly over all pods. */
export function fails(index: number, share: number): boolean {
  return share > 0 && index % Math.round(1 / share) === 0;
}

/**
 * A pod of a production Deployment: about 9 KB as JSON once the API server has added its managed fields, as pods with a
 * sidecar, probes, environment and projected volumes have.
 */
export function podSpec(index: number, namespaces: number): object {
  const variables = (prefix: string, count: number) =>
    Array.from({ length: count }, (_value, position) => ({
      name: `${prefix}_${position}_ENDPOINT`,
      value: `https://${prefix.toLowerCase()}-${position}.internal.example.com:8443/v1`,
    }));
  const probe = { httpGet: { path: "/healthz", port: 8080, scheme: "HTTP" }, periodSeconds: 10, failureThreshold: 3 };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: podName(index),
      namespace: namespaceOf(index, namespaces),
      labels: {
        "app.kubernetes.io/name": "checkout-api",
        "app.kubernetes.io/instance": "checkout-api-production",
        "app.kubernetes.io/version": "2026.11.3",
        "app.kubernetes.io/managed-by": "Helm",
        "helm.sh/chart": "checkout-api-4.18.2",
        "pod-template-hash": `7c9f6d5b4${index % 10}`,
        team: "payments",
        tier: "backend",
      },
      annotations: {
        "checksum/config": "3f5a1c0e9d7b2a6488c1d0e5f7a9b3c2d4e6f80112233445566778899aabbccd",
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "9090",
        "kubectl.kubernetes.io/default-container": "app",
      },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          name: `checkout-api-7c9f6d5b4${index % 10}`,
          uid: "6f1c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      nodeName: `node-${index % 200}`,
      serviceAccountName: "checkout-api",
      automountServiceAccountToken: false,
      containers: [
        {
          name: "app",
          image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/checkout-api:2026.11.3-4f7d2c1",
          ports: [{ name: "http", containerPort: 8080 }],
          env: variables("DEPENDENCY", 7),
          resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "512Mi" } },
          livenessProbe: probe,
          readinessProbe: probe,
          volumeMounts: [
            { name: "config", mountPath: "/etc/checkout", readOnly: true },
            { name: "tls", mountPath: "/etc/tls", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
        },
        {
          name: "proxy",
          image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/service-proxy:1.31.0",
          args: ["proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local", "--concurrency", "2"],
          env: variables("UPSTREAM", 2),
          resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
          readinessProbe: probe,
        },
      ],
      volumes: [
        { name: "config", configMap: { name: "checkout-api-config" } },
        { name: "tls", secret: { secretName: "checkout-api-tls" } },
        { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
      ],
      tolerations: [{ key: "dedicated", operator: "Equal", value: "payments", effect: "NoSchedule" }],
    },
  };
}

/** The status of a pod that runs well, or crashes. */
export function podStatus(index: number, failing: boolean): NonNullable<Pod["status"]> {
  const at = "2026-11-01T08:00:00Z";
  const condition = (type: string, status = "True") => ({ type, status, lastTransitionTime: at });
  const identity = (name: string) => ({
    name,
    image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${name}:2026.11.3-4f7d2c1`,
    imageID: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${name}@sha256:9b2f0d7c6a5e4f3b2a1908172635445362718091a2b3c4d5e6f708192a3b4c5d`,
    containerID: `containerd://4c3b2a1908f7e6d5c4b3a29180716253443526171809a2b3c4d5e6f7081920${(index % 90) + 10}`,
  });
  const running = { ready: true, started: true, restartCount: 0, state: { running: { startedAt: at } } };
  const crashing = {
    ready: false,
    started: false,
    restartCount: 17,
    state: {
      waiting: {
        reason: "CrashLoopBackOff",
        message: `back-off 5m0s restarting failed container=app pod=${podName(index)}`,
      },
    },
    lastState: { terminated: { exitCode: 1, reason: "Error", startedAt: at, finishedAt: at } },
  };
  const ready = failing ? "False" : "True";
  return {
    phase: "Running",
    startTime: at,
    hostIP: `10.0.${index % 200}.1`,
    podIP: `10.${index % 200}.${(index >> 8) % 250}.${index % 250}`,
    conditions: [
      condition("PodReadyToStartContainers"),
      condition("Initialized"),
      condition("Ready", ready),
      condition("ContainersReady", ready),
      condition("PodScheduled"),
    ],
    containerStatuses: [
      { ...identity("app"), ...(failing ? crashing : running) },
      { ...identity("proxy"), ...running },
    ],
  };
}
