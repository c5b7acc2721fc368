import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfigObjects, type ConfigReading } from "../../../functions/facts/config-objects.ts";
import type { Pod, PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import { crashingPod } from "../../support/objects.ts";

const CONFIG_MAP = "/api/v1/namespaces/shop/configmaps/web";
const SECRET = "/api/v1/namespaces/shop/secrets/web-db";

type Spec = NonNullable<PodTemplate["spec"]>;

function reading(container: Partial<Spec["containers"][number]>, volumes: Spec["volumes"] = []): PodTemplate {
  return { spec: { containers: [{ name: "app", ...container }], volumes } };
}

const BOTH = reading({ envFrom: [{ configMapRef: { name: "web" } }, { secretRef: { name: "web-db" } }] });

describe("what a pod template reads", () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await ApiServer.start();
  });
  afterEach(() => api.stop());

  const read = (
    template: PodTemplate,
    { pods = [crashingPod({})], allowed = "config_maps_and_secrets" }: { pods?: Pod[]; allowed?: ConfigReading } = {},
  ) => readConfigObjects(api.cluster(), "shop", template, pods, allowed);

  it("is asked for its metadata in no other form, and nothing is kept that may hold data", async () => {
    const metadata = { name: "web", creationTimestamp: "2026-06-01T11:00:00Z", managedFields: [] };
    const applied = { "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"password":"hunter2"}}' };
    api.on(
      "GET",
      CONFIG_MAP,
      found({ metadata: { ...metadata, annotations: applied }, data: { password: "hunter2" } }),
    );
    api.on("GET", SECRET, found({ metadata, data: { password: "aHVudGVyMg==" } }));

    const objects = await read(BOTH);

    const kept = { creationTimestamp: "2026-06-01T11:00:00Z", managedFields: [] };
    expect(objects).toEqual([
      { kind: "ConfigMap", name: "web", optional: false, state: "there", metadata: kept },
      { kind: "Secret", name: "web-db", optional: false, state: "there", metadata: kept },
    ]);
    expect(api.requests.map(({ headers }) => headers.accept)).toEqual(
      Array(2).fill("application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"),
    );
  });

  it.each([
    ["none", []],
    ["config_maps", [CONFIG_MAP]],
    ["config_maps_and_secrets", [CONFIG_MAP, SECRET]],
  ] as const)("is asked for as far as the policy says: %s", async (allowed, asked) => {
    const objects = await read(BOTH, { allowed });

    expect(api.requests.map(({ path }) => path)).toEqual(asked);
    expect(objects.map(({ state }) => state)).toEqual([
      ...asked.map(() => "missing"),
      ...Array<string>(2 - asked.length).fill("unread"),
    ]);
  });

  it.each([
    [403, { state: "unread", why: "forbidden" }],
    [404, { state: "missing" }],
    [406, { state: "unread", why: "no answer" }],
    [500, { state: "unread", why: "no answer" }],
  ])("is known to be missing only where the API server says so: %i", async (status, what) => {
    api.on("GET", CONFIG_MAP, refusal(status, "no"));

    expect(await read(reading({ envFrom: [{ configMapRef: { name: "web" } }] }))).toMatchObject([what]);
  });

  it("is found in variables, in volumes and in what is projected, and may be missing where all of these allow it", async () => {
    const variable = (name: string, optional: boolean) => ({
      name: "X",
      valueFrom: { configMapKeyRef: { name, key: "x", optional } },
    });
    const volumeMounts = ["one", "two", "three"].map((name) => ({ name, mountPath: `/${name}` }));
    const env = [variable("a", true), variable("b", true), variable("f", false)];
    const template = reading({ env, volumeMounts }, [
      { name: "unused", configMap: { name: "g" } },
      { name: "one", configMap: { name: "b" } },
      { name: "two", secret: { secretName: "c", optional: true } },
      {
        name: "three",
        projected: {
          sources: [
            { configMap: { name: "f", optional: true } },
            { configMap: { name: "d" } },
            { secret: { name: "e" } },
          ],
        },
      },
    ]);

    expect((await read(template)).map(({ kind, name, optional }) => `${kind} ${name} ${optional}`)).toEqual([
      "ConfigMap a true",
      "ConfigMap b false",
      "ConfigMap f false",
      "Secret c true",
      "ConfigMap d false",
      "Secret e false",
    ]);
  });

  it("does not include what the cluster writes into every namespace, nor what images are pulled with", async () => {
    const sources = [{ configMap: { name: "kube-root-ca.crt" } }, { serviceAccountToken: { path: "token" } }];
    const template = reading({}, [{ name: "api", projected: { sources } }]);
    const pulling = { spec: { ...template.spec, containers: [], imagePullSecrets: [{ name: "registry" }] } };

    expect(await read(pulling)).toEqual([]);
    expect(api.requests).toEqual([]);
  });

  it("is not asked for while no pod is in question", async () => {
    expect(await read(BOTH, { pods: [] })).toEqual([]);
    expect(api.requests).toEqual([]);
  });

  it("is asked for twenty times at most, and the rest is not taken for read", async () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ configMapRef: { name: `web-${index}` } }));

    const objects = await read(reading({ envFrom: many }));

    expect(api.requests).toHaveLength(20);
    expect(objects.slice(20)).toMatchObject(Array(5).fill({ state: "unread", why: "too many" }));
  });
});
