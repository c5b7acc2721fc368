import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Deployment, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { FastClock } from "../../../local/embedded/clock.ts";
import {
  CONTROLLER_REVISIONS,
  DEPLOYMENTS,
  NODES,
  PODS,
  REPLICA_SETS,
  STATEFUL_SETS,
} from "../../../local/embedded/kinds.ts";
import { Kubectl } from "../../../local/embedded/kubectl.ts";
import { removals } from "../../../local/embedded/kubectl/apply.ts";
import { served, web, type Served } from "./served.ts";

let api: Served<FastClock>;
let kubectl: (...args: string[]) => Promise<string>;
let applyText: (text: string) => Promise<string>;

beforeEach(async () => {
  api = await served(new FastClock(100));
  const inShop = new Kubectl(api.url, api.clock);
  kubectl = (...args) => inShop.run(["-n", "shop", ...args]);
  applyText = (text) => inShop.run(["-n", "shop", "apply", "-f", "-"], text);
});
afterEach(async () => {
  api.clock.stop();
  await api.stop();
});

const deployment = () => api.store.get<Deployment>(DEPLOYMENTS, "shop", "web");

async function createWeb(): Promise<void> {
  await api.cluster.create("/apis/apps/v1/namespaces/shop/deployments", web());
}

function createPods(...names: string[]): void {
  for (const name of names) {
    const metadata = { name, namespace: "shop", labels: { app: name.slice(0, 3) } };
    api.store.create(PODS, { metadata, spec: { containers: [{ name: "app", image: "shop/web:1" }] } });
  }
}

const annotationsOf = (name: string) => api.store.get(PODS, "shop", name).metadata?.annotations;

describe("kubectl apply", () => {
  const manifest = (spec: string, annotations = "") => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, annotations: { ${annotations} } }
spec:
  selector: { matchLabels: { app: web } }
  ${spec}
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: app, image: "shop/web:1" }
`;

  it("creates every document of a manifest, then leaves or changes it", async () => {
    const quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: q }\nspec: { hard: { pods: 5 } }";
    const created = "deployment.apps/web created\nresourcequota/q created\n";

    expect(await applyText(`${manifest("replicas: 2")}\n---\n${quota}\n---\n`)).toBe(created);
    expect(await applyText(manifest("replicas: 2"))).toBe("deployment.apps/web unchanged\n");
    expect(await applyText(manifest("replicas: 3"))).toBe("deployment.apps/web configured\n");
    expect(deployment().spec?.replicas).toBe(3);
  });

  it("takes away what the manifest does not say any more, and leaves what others wrote", async () => {
    await applyText(manifest("progressDeadlineSeconds: 8\n  minReadySeconds: 3", "a: b"));
    await kubectl("annotate", "deployment/web", "theirs=yes");
    await applyText(manifest("progressDeadlineSeconds: 8"));

    expect(deployment().spec).not.toHaveProperty("minReadySeconds");
    expect(deployment().spec?.progressDeadlineSeconds).toBe(8);
    expect(deployment().metadata?.annotations).toMatchObject({ theirs: "yes" });
    expect(deployment().metadata?.annotations).not.toHaveProperty("a");
  });

  it("goes to the namespace that the manifest names, and to none for a node", async () => {
    await applyText("apiVersion: v1\nkind: Namespace\nmetadata: { name: other }");
    await applyText("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, namespace: other }");
    await applyText('apiVersion: v1\nkind: Node\nmetadata: { name: n }\nstatus: { capacity: { cpu: "8" } }');

    expect(await kubectl("get", "cm", "c", "-n", "other", "-o", "name")).toBe("configmap/c\n");
    expect(api.store.get(NODES, undefined, "n")).toMatchObject({ status: { capacity: { cpu: "8" } } });
  });

  it("knows which elements of a list are gone", () => {
    const last = { containers: [{ name: "a", image: "1", tty: true }, { name: "b" }], args: ["x"], kept: 1, gone: 1 };
    const wanted = { containers: [{ name: "a", image: "2" }], args: [], kept: 2 };

    expect(removals(last, wanted)).toEqual({
      containers: [
        { name: "a", tty: null },
        { name: "b", $patch: "delete" },
      ],
      gone: null,
    });
  });
});

describe("kubectl", () => {
  it("patches strategically, and says when nothing changes", async () => {
    await createWeb();
    const patch = (value: string) => kubectl("patch", "deployment/web", "-p", `{"metadata":{"finalizers":${value}}}`);

    expect(await patch('["shop.example.com/drain"]')).toBe("deployment.apps/web patched\n");
    expect(await patch('["shop.example.com/drain"]')).toBe("deployment.apps/web patched (no change)\n");
    await patch("null");
    expect(deployment().metadata).not.toHaveProperty("finalizers");
  });

  it("annotates one object, all, or a selection, and takes annotations away", async () => {
    createPods("web-1", "web-2", "api-1");
    await kubectl("annotate", "pods", "--all", "a=1");
    await kubectl("annotate", "pods", "--selector=app!=web", "a=2", "--overwrite");
    await kubectl("annotate", "pod", "web-1", "a-", "b=x=y");

    expect([annotationsOf("web-1"), annotationsOf("web-2"), annotationsOf("api-1")]).toEqual([
      { b: "x=y" },
      { a: "1" },
      { a: "2" },
    ]);
  });

  it("does not annotate over another value unasked", async () => {
    createPods("web-1");
    await kubectl("annotate", "pod/web-1", "a=1");

    await expect(kubectl("annotate", "pod/web-1", "a=2")).rejects.toThrow("--overwrite is false");
    await kubectl("annotate", "pod/web-1", "a=1");
  });

  it("labels", async () => {
    await createWeb();

    expect(await kubectl("label", "deployment/web", "team=shop")).toBe("deployment.apps/web labeled\n");
    expect(deployment().metadata?.labels).toMatchObject({ team: "shop" });
  });

  it("gets an object or a list as JSON, and rows for people", async () => {
    createPods("web-1", "api-1");
    const list = JSON.parse(await kubectl("get", "pods", "-o", "json")) as { kind: string; items: Pod[] };

    expect(list.kind).toBe("List");
    expect(list.items.map(({ kind, metadata }) => `${kind ?? ""} ${metadata?.name ?? ""}`)).toEqual([
      "Pod api-1",
      "Pod web-1",
    ]);
    expect(JSON.parse(await kubectl("get", "pod/web-1", "-o", "json"))).toMatchObject({ metadata: { name: "web-1" } });
    expect((await kubectl("get", "po")).split("\n").map((line) => line.split(/\s+/).slice(0, 3))).toEqual([
      ["NAME", "READY", "STATUS"],
      ["api-1", "0/1", "Pending"],
      ["web-1", "0/1", "Pending"],
      [""],
    ]);
  });

  it("says what is not found as the server does", async () => {
    await expect(kubectl("get", "deployment/none", "-o", "json")).rejects.toThrow(
      'Error from server (NotFound): deployments.apps "none" not found',
    );
    await expect(kubectl("get", "frobs")).rejects.toThrow(`error: the server doesn't have a resource type "frobs"`);
  });

  it("deletes names or all of a kind, and ignores what is missing when told to", async () => {
    createPods("web-1", "web-2", "api-1");

    expect(await kubectl("delete", "pod", "web-1")).toBe('pod "web-1" deleted from shop namespace\n');
    await kubectl("delete", "pods", "--all");
    expect(api.store.list(PODS, "shop")).toEqual([]);
    await expect(kubectl("delete", "pod", "web-1")).rejects.toThrow("NotFound");
    expect(await kubectl("delete", "pod", "web-1", "--ignore-not-found")).toBe("");
  });

  it("waits for the end of what it deletes, unless told not to", async () => {
    await createWeb();
    const finalizers = ["shop.example.com/drain"];
    api.store.change(DEPLOYMENTS, { namespace: "shop", name: "web" }, (object) => {
      object.metadata = { ...object.metadata, finalizers };
    });

    await kubectl("delete", "deployment/web", "--wait=false");
    await expect(kubectl("delete", "deployment/web", "--timeout=1s")).rejects.toThrow("timed out");
    const deleted = kubectl("delete", "deployment/web");
    await kubectl("patch", "deployment/web", "-p", '{"metadata":{"finalizers":null}}');
    await deleted;
    expect(api.store.find(DEPLOYMENTS, "shop", "web")).toBeUndefined();
  });

  it("scales, pauses, resumes and sets an image", async () => {
    await createWeb();
    await kubectl("scale", "deployment/web", "--replicas=3");
    await kubectl("rollout", "pause", "deployment/web");
    expect(deployment().spec).toMatchObject({ replicas: 3, paused: true });

    await kubectl("rollout", "resume", "deployment/web");
    await kubectl("set", "image", "deployment/web", "app=shop/web:2");
    expect(deployment().spec).not.toHaveProperty("paused");
    expect(deployment().spec?.template.spec?.containers).toMatchObject([{ name: "app", image: "shop/web:2" }]);
    await expect(kubectl("set", "image", "deployment/web", "none=x")).rejects.toThrow("unable to find container");
  });

  it("cordons and uncordons a node", async () => {
    api.store.create(NODES, { metadata: { name: "node-0" } });
    await kubectl("cordon", "node-0");
    expect(api.store.get(NODES, undefined, "node-0")).toMatchObject({ spec: { unschedulable: true } });

    await kubectl("uncordon", "node-0");
    expect(api.store.get(NODES, undefined, "node-0").spec).toEqual({});
  });

  it("creates namespaces, Deployments, quotas and secrets", async () => {
    await kubectl("create", "namespace", "more");
    await kubectl("create", "quota", "slots", "--hard=pods=2,requests.cpu=1", "--namespace=more");
    await kubectl("create", "secret", "generic", "db", "--from-literal=password=a=b");
    expect(await kubectl("create", "deployment", "agent", "--image=shop/agent:1", "--namespace=kube-system")).toBe(
      "deployment.apps/agent created\n",
    );

    const get = async (...args: string[]) => JSON.parse(await kubectl("get", ...args, "-o", "json")) as object;
    expect(await get("quota", "slots", "--namespace=more")).toMatchObject({
      spec: { hard: { pods: "2", "requests.cpu": "1" } },
    });
    expect(await get("secret", "db")).toMatchObject({ data: { password: Buffer.from("a=b").toString("base64") } });
    expect(await get("deployment/agent", "--namespace=kube-system")).toMatchObject({
      spec: { selector: { matchLabels: { app: "agent" } }, template: { spec: { containers: [{ name: "agent" }] } } },
    });
  });

  it("waits for a condition by the cluster's clock", async () => {
    await createWeb();
    const waiting = kubectl("wait", "deployment", "--all", "--for=condition=Available", "--timeout=60s");
    const status = { conditions: [{ type: "Available", status: "True" }] };
    await api.request(
      "PATCH",
      "/apis/apps/v1/namespaces/shop/deployments/web/status",
      { status },
      "application/merge-patch+json",
    );

    expect(await waiting).toBe("deployment.apps/web condition met\n");
    const began = performance.now();
    await expect(kubectl("wait", "deployment/web", "--for=condition=Progressing", "--timeout=20s")).rejects.toThrow(
      "timed out waiting for the condition",
    );
    // By its cluster's clock, not the machine's.
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it.each([
    [["frob", "web"], "kubectl frob web"],
    [["rollout", "history", "deployment/web"], "kubectl rollout history"],
    [["create", "ingress", "x"], "kubectl create ingress"],
    [["get", "pods", "--sort-by=name"], "--sort-by"],
  ])("names the command %o that it does not know", async (args, named) => {
    await expect(kubectl(...args)).rejects.toThrow(named);
  });
});

describe("kubectl rollout status", () => {
  const report = (status: object) => {
    api.store.change<Deployment>(
      DEPLOYMENTS,
      { namespace: "shop", name: "web" },
      (object) => (object.status = status),
      { status: true },
    );
  };
  const status = () => kubectl("rollout", "status", "deployment/web", "--timeout=2s");

  beforeEach(createWeb);

  it("ends when all replicas are updated and available", async () => {
    report({ observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 });

    expect(await status()).toBe('deployment "web" successfully rolled out\n');
  });

  it.each([
    ["the controller has not seen it", { replicas: 1, updatedReplicas: 1, availableReplicas: 1 }],
    ["replicas are old", { observedGeneration: 1, replicas: 2, updatedReplicas: 1, availableReplicas: 2 }],
    ["replicas are not available", { observedGeneration: 1, replicas: 1, updatedReplicas: 1 }],
  ])("goes on while %s", async (_what, reported) => {
    report(reported);

    await expect(status()).rejects.toThrow("timed out waiting for the condition");
  });

  it("fails when the progress deadline is exceeded", async () => {
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    report({ observedGeneration: 1, conditions });

    await expect(status()).rejects.toThrow('deployment "web" exceeded its progress deadline');
  });
});

describe("kubectl rollout undo", () => {
  it("goes back to the template of the revision before, or of the one that is named", async () => {
    await createWeb();
    const { uid = "" } = deployment().metadata ?? {};
    const reference = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid };
    for (const revision of ["1", "2", "3"]) {
      const labels = { app: "web", "pod-template-hash": revision };
      api.store.create(REPLICA_SETS, {
        metadata: {
          name: `web-${revision}`,
          namespace: "shop",
          annotations: { "deployment.kubernetes.io/revision": revision },
          ownerReferences: [reference],
        },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: "app", image: `shop/web:${revision}` }] } },
        },
      });
    }
    const template = () => deployment().spec?.template;

    await kubectl("rollout", "undo", "deployment/web");
    expect(template()?.spec?.containers[0]?.image).toBe("shop/web:2");
    expect(template()?.metadata?.labels).toEqual({ app: "web" });

    await kubectl("rollout", "undo", "deployment/web", "--to-revision=1");
    expect(template()?.spec?.containers[0]?.image).toBe("shop/web:1");
    await expect(kubectl("rollout", "undo", "deployment/web", "--to-revision=9")).rejects.toThrow("revision 9");
  });

  it("goes back to the data of a StatefulSet's ControllerRevision", async () => {
    await api.cluster.create("/apis/apps/v1/namespaces/shop/statefulsets", web());
    const { uid = "" } = api.store.get(STATEFUL_SETS, "shop", "web").metadata ?? {};
    for (const revision of [1, 2]) {
      const template = {
        $patch: "replace",
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "app", image: `shop/db:${revision}` }] },
      };
      api.store.create(CONTROLLER_REVISIONS, {
        metadata: {
          name: `web-${revision}`,
          namespace: "shop",
          ownerReferences: [{ apiVersion: "apps/v1", kind: "StatefulSet", name: "web", uid }],
        },
        revision,
        data: { spec: { template } },
      });
    }

    expect(await kubectl("rollout", "undo", "statefulset/web")).toBe("statefulset.apps/web rolled back\n");
    expect(api.store.get(STATEFUL_SETS, "shop", "web")).toMatchObject({
      spec: { template: { spec: { containers: [{ image: "shop/db:1" }] } } },
    });
  });
});
