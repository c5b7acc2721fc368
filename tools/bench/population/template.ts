import { randomOf } from "./objects.ts";
import { labelsOf } from "./objects.ts";
import type { Plan, Planned } from "./plan.ts";

const REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

export interface Image {
  image: string;
  digest: string;
}

/** The images of a workload's containers, by the containers' names. @param revision tells its versions apart */
export function imagesOf(plan: Plan, planned: Planned, revision: number): Record<"app" | "proxy", Image> {
  const random = randomOf(plan, planned, "image", revision);
  const repository = `${REGISTRY}/${planned.team}/${planned.name}`;
  const image = `${repository}:${planned.version}-r${revision}-${random.hex(6)}`;
  return {
    app: { image, digest: `${repository}@sha256:${random.hex(64)}` },
    proxy: {
      image: `${REGISTRY}/mesh/service-proxy:1.31.0`,
      digest: `${REGISTRY}/mesh/service-proxy@sha256:9b2f0d7c6a5e4f3b2a1908172635445362718091a2b3c4d5e6f708192a3b4c5d`,
    },
  };
}

/** What pods of a workload are made from: with a sidecar, probes, environment and volumes, as most have them. */
export function templateOf(
  plan: Plan,
  planned: Planned,
  revision: number,
  restartPolicy: "Always" | "Never" = "Always",
): {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: Record<string, unknown>;
} {
  const random = randomOf(plan, planned, "template", revision);
  const { name, team } = planned;
  const images = imagesOf(plan, planned, revision);
  const port = 8_000 + random.below(1_000);
  const variables = (prefix: string, count: number) =>
    Array.from({ length: count }, (_none, position) => ({
      name: `${prefix}_${position}_ENDPOINT`,
      value: `https://${random.suffix(6)}-${team}.internal.example.com:${8_000 + random.below(999)}/v${random.below(4)}`,
    }));
  const always = restartPolicy === "Always";
  const probe = { httpGet: { path: "/healthz", port, scheme: "HTTP" }, periodSeconds: 10, failureThreshold: 3 };
  return {
    metadata: {
      labels: labelsOf(planned),
      annotations: {
        "checksum/config": random.hex(64),
        "prometheus.io/scrape": "true",
        "prometheus.io/port": String(port),
        "kubectl.kubernetes.io/default-container": "app",
      },
    },
    spec: {
      restartPolicy,
      serviceAccountName: name,
      automountServiceAccountToken: false,
      containers: [
        {
          name: "app",
          image: images.app.image,
          ports: [{ name: "http", containerPort: port }],
          env: variables("DEPENDENCY", 7),
          resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "512Mi" } },
          ...(always ? { livenessProbe: probe, readinessProbe: probe } : {}),
          volumeMounts: [
            { name: "config", mountPath: `/etc/${name}`, readOnly: true },
            { name: "tls", mountPath: "/etc/tls", readOnly: true },
            { name: "tmp", mountPath: "/tmp" },
          ],
        },
        ...(always
          ? [
              {
                name: "proxy",
                image: images.proxy.image,
                args: ["proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local", "--concurrency", "2"],
                env: variables("UPSTREAM", 2),
                resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
                readinessProbe: probe,
              },
            ]
          : []),
      ],
      volumes: [
        { name: "config", configMap: { name: `${name}-config` } },
        { name: "tls", secret: { secretName: `${name}-tls` } },
        { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
      ],
      tolerations: [{ key: "dedicated", operator: "Equal", value: team, effect: "NoSchedule" }],
    },
  };
}
