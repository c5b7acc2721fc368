/** How the workload `web` is to be. */
export interface WantedWeb {
  name?: string;
  image?: string | undefined;
  /** How its pods fail, as the simulated kubelet knows it. */
  failure?: string | undefined;
  annotations?: Record<string, string>;
}

/** The spec of a workload of two pods, whose rollout has failed after eight seconds without progress. */
export function webSpec({ name = "web", image = "shop/web:1", failure, annotations = {} }: WantedWeb = {}): object {
  const marks = failure === undefined ? annotations : { "simulation/failure": failure, ...annotations };
  const container = {
    name: "app",
    image,
    resources: { requests: { cpu: "0.1" }, limits: { memory: "1024Mi" } },
    readinessProbe: { httpGet: { path: "/", port: 80 } },
  };
  return {
    replicas: 2,
    progressDeadlineSeconds: 8,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, ...(Object.keys(marks).length === 0 ? {} : { annotations: marks }) },
      spec: { containers: [container] },
    },
  };
}

/** A Deployment of it. */
export function webDeployment(wanted: WantedWeb = {}): object {
  const { name = "web" } = wanted;
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec: webSpec(wanted) };
}
