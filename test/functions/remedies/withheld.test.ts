import { describe, expect, it } from "vitest";
import { shownPod, withoutWithheld } from "../../../functions/remedies/withheld.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";

const SECRET = "s3cr3t-word";

/** A pod that holds the secret wherever a pod may. */
const pod: Pod = {
  metadata: {
    ...{ name: "db-0", namespace: "shop", uid: "db-0-uid", generateName: "db-", labels: { app: "db" } },
    annotations: {
      "kubectl.kubernetes.io/last-applied-configuration": `{"spec":{"env":[{"value":"${SECRET}"}]}}`,
      "example.com/name": SECRET,
    },
    managedFields: [{ manager: "kubectl" }],
    ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "db", uid: "u", controller: true }],
  },
  spec: {
    nodeName: "node-1",
    volumes: [
      { name: "data", csi: { driver: "csi.example.com", volumeAttributes: { name: SECRET, key: SECRET } } },
      { name: "flex", flexVolume: { driver: "d", options: { type: SECRET } } },
      { name: "keys", secret: { secretName: "db-keys" } },
    ],
    containers: [
      {
        name: "db",
        image: "shop/db@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        command: ["curl", "-u", `root:${SECRET}`, "-p", SECRET],
        args: ["--password", SECRET],
        env: [
          { name: "WORD", value: SECRET },
          { name: "KEY", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
        ],
        resources: { limits: { memory: "64Mi" } },
        ports: [{ containerPort: 5432, name: "sql", protocol: "TCP" }],
        readinessProbe: { exec: { command: ["sh", "-c", `login ${SECRET}`] }, periodSeconds: 5 },
        livenessProbe: {
          httpGet: { port: 8080, path: `/?t=${SECRET}`, httpHeaders: [{ name: "X-Key", value: SECRET }] },
        },
        lifecycle: { preStop: { exec: { command: ["bye", SECRET] } } },
      },
    ],
  },
  status: {
    phase: "Running",
    containerStatuses: [
      {
        ...{ name: "db", image: "shop/db:1", imageID: "shop/db@sha256:" + "ab".repeat(32), ready: false },
        restartCount: 3,
        state: { terminated: { exitCode: 137, reason: "OOMKilled", message: `started with ${SECRET}, then killed` } },
      },
    ],
  },
};

describe("what is kept of a pod", () => {
  const { pod: shown, withheld } = shownPod(pod);

  it("holds no text but names, wherever in the pod it stands", () => {
    expect(JSON.stringify(shown)).not.toContain(SECRET);
  });

  it("withholds the texts of fields that nobody has thought of", () => {
    const spec = { ...pod.spec, newField: { newest: SECRET, number: 7, isSo: true } } as unknown as Pod["spec"] &
      object;

    expect(shownPod({ ...pod, spec }).pod).toMatchObject({
      spec: { newField: { newest: "[hidden]", number: 7, isSo: true } },
    });
  });

  it("holds what a diagnosis needs: names, images, resources, references, reasons and exit codes", () => {
    expect(shown).toMatchObject({
      metadata: { name: "db-0", uid: "db-0-uid", labels: { app: "db" }, ownerReferences: [{ name: "db" }] },
      spec: {
        nodeName: "node-1",
        volumes: [{ name: "data" }, { name: "flex" }, { secret: { secretName: "db-keys" } }],
        containers: [
          {
            image: pod.spec?.containers[0]?.image,
            command: Array.from({ length: 5 }, () => "[hidden]"),
            env: [{ name: "WORD" }, { valueFrom: { secretKeyRef: { name: "db", key: "password" } } }],
            resources: { limits: { memory: "64Mi" } },
            readinessProbe: { periodSeconds: 5 },
            livenessProbe: { httpGet: { port: 8080, httpHeaders: [{ name: "X-Key", value: "[hidden]" }] } },
          },
        ],
      },
      status: {
        containerStatuses: [
          {
            imageID: pod.status?.containerStatuses?.[0]?.imageID,
            state: {
              terminated: { exitCode: 137, reason: "OOMKilled", message: "started with [hidden], then killed" },
            },
          },
        ],
      },
    });
    expect(shown).not.toHaveProperty("metadata.managedFields");
  });

  it("is told in no warning either, such as that of a hook that failed", () => {
    const said = `Exec lifecycle hook ([bye ${SECRET}]) for Container "db" failed`;

    expect(withoutWithheld([{ message: said }], withheld)).toEqual([
      { message: 'Exec lifecycle hook ([bye [hidden]]) for Container "db" failed' },
    ]);
  });

  it("leaves ordinary words in texts, though one is a value in the pod", () => {
    const env = [{ name: "MODE", value: "production" }];
    const { withheld: values } = shownPod({ ...pod, spec: { containers: [{ name: "db", env }] } });

    expect(withoutWithheld("Back-off in production", values)).toBe("Back-off in production");
  });
});
