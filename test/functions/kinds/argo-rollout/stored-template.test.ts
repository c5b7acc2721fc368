import { describe, expect, it } from "vitest";
import { plainQuantity } from "../../../../functions/kinds/argo-rollout/plain-quantity.ts";
import { storedTemplate } from "../../../../functions/kinds/argo-rollout/stored-template.ts";
import { startEmbeddedCluster } from "../../../../local/embedded/index.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import type { PodTemplate, ReplicaSet } from "../../../../functions/shared/kubernetes/types.ts";

/** What people write, with everything that the API server fills in left out. */
const WRITTEN: PodTemplate = {
  metadata: { labels: { app: "web" }, annotations: { note: "1" } },
  spec: {
    serviceAccountName: "web",
    initContainers: [{ name: "init", image: "busybox" }],
    containers: [
      {
        name: "app",
        image: "shop/web:2",
        args: [],
        ports: [{ containerPort: 80 }],
        env: [
          { name: "EMPTY", value: "" },
          { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
        ],
        resources: { limits: { cpu: "1000m", memory: "1024Mi" }, requests: { cpu: "0.5" } },
        readinessProbe: { httpGet: { path: "/", port: 80 } },
        livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 3 },
      },
    ],
    volumes: [
      { name: "tmp" },
      { name: "config", configMap: { name: "web" } },
      { name: "key", secret: { secretName: "key" } },
    ],
  },
};

describe("a template as it is stored", () => {
  it("has the same hash as the API server's own, which it leaves as it is", async () => {
    const stored = storedTemplate(WRITTEN);
    expect(templateHash(storedTemplate(stored))).toBe(templateHash(stored));
    expect(stored.spec?.containers[0]?.resources).toEqual({
      limits: { cpu: "1", memory: "1Gi" },
      requests: { cpu: "500m" },
    });
    expect(stored.spec?.volumes).toEqual([
      { name: "tmp", emptyDir: {} },
      { name: "config", configMap: { name: "web", defaultMode: 420 } },
      { name: "key", secret: { secretName: "key", defaultMode: 420 } },
    ]);
    const plain = {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "app", image: "shop/web", ports: [{ containerPort: 80 }] }] },
    };
    const cluster = await startEmbeddedCluster(20);
    try {
      const set = {
        apiVersion: "apps/v1",
        kind: "ReplicaSet",
        metadata: { name: "web" },
        spec: { replicas: 0, selector: { matchLabels: { app: "web" } }, template: plain },
      };
      await cluster.kubectl.run(["-n", "default", "apply", "-f", "-"], JSON.stringify(set));
      const made = JSON.parse(
        await cluster.kubectl.run(["-n", "default", "get", "replicaset/web", "-o", "json"]),
      ) as ReplicaSet;
      expect(templateHash(storedTemplate(plain))).toBe(templateHash(made.spec?.template ?? {}));
    } finally {
      await cluster.stop();
    }
  });
});

describe("a quantity as it is stored", () => {
  it.each([
    ["1000m", "1"],
    ["0.5", "500m"],
    [2, "2"],
    ["1500m", "1500m"],
    ["1024Mi", "1Gi"],
    ["0.5Gi", "512Mi"],
    ["1000M", "1G"],
    ["100Mi", "100Mi"],
    ["0", "0"],
    ["1e3", "1e3"],
  ])("%s is %s", (written, stored) => {
    expect(plainQuantity(written)).toBe(stored);
  });
});
