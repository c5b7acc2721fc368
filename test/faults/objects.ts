import type { Manifest } from "./ground.ts";

/** What a Deployment or StatefulSet of a situation looks like. */
export interface Shape {
  name: string;
  replicas?: number;
  image: string;
  /** Annotations of the pod template: how its pods are to fail. */
  annotations?: Record<string, string>;
  /** In seconds. */
  progressDeadline?: number;
}

/** A pod template with a readiness probe, which keeps a revision that fails from being rolled out completely. */
export function template({ name, image, annotations = {} }: Shape): object {
  return {
    metadata: { labels: { app: name }, annotations },
    spec: {
      containers: [
        {
          name: "app",
          image,
          resources: { requests: { cpu: "50m" } },
          readinessProbe: { tcpSocket: { port: 80 } },
        },
      ],
    },
  };
}

export function deployment(shape: Shape): Manifest {
  const { name, replicas = 2, progressDeadline = 30 } = shape;
  const spec = {
    replicas,
    progressDeadlineSeconds: progressDeadline,
    selector: { matchLabels: { app: name } },
    template: template(shape),
  };
  return manifest("apps/v1", "Deployment", name, { spec });
}

export function statefulSet(shape: Shape): Manifest {
  const { name, replicas = 2 } = shape;
  const spec = { replicas, serviceName: name, selector: { matchLabels: { app: name } }, template: template(shape) };
  return manifest("apps/v1", "StatefulSet", name, { spec });
}

/** An HPA on the Deployment of the same name. */
export function hpa(name: string, min: number, max: number): Manifest {
  const resource = { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } };
  const spec = {
    minReplicas: min,
    maxReplicas: max,
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    metrics: [{ type: "Resource", resource }],
  };
  return manifest("autoscaling/v2", "HorizontalPodAutoscaler", name, { spec });
}

/** What stands beside every target, and must stay as it is. */
export function bystanders(): Manifest[] {
  return [
    deployment({ name: "bystander", replicas: 1, image: "shop/bystander:1" }),
    manifest("v1", "ConfigMap", "settings", { data: { colour: "blue" } }),
  ];
}

function manifest(apiVersion: string, kind: string, name: string, rest: object): Manifest {
  return { apiVersion, kind, metadata: { name }, ...rest };
}
