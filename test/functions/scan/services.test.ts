import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DaemonSet, Deployment, Hpa, Pod, Service } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, deployment, pod, policy, replicaSet } from "../../support/objects.ts";
import { asked, FORBIDDEN, incidentsOf, scanned } from "../../support/scans.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";
import { emptySlice, ingress, service, slice } from "../../support/service-objects.ts";
import { controlledBy, daemonSet, hpaConditionOf, hpaWith, statefulSet } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** What people are told of these objects: `Service shop/web: ...`. */
async function told(objects: Objects, options: Parameters<typeof scanned>[1] = {}): Promise<string[]> {
  serve(api, objects);
  const { incidents } = await scanned(api, options);
  return incidents.map(({ workload, failures }) => {
    return `${workload.kind} ${workload.namespace}/${workload.name}: ${failures[0]?.message ?? ""}`;
  });
}

const webAt = (replicas: number, metadata: Deployment["metadata"] = {}) => deployment({ replicas, metadata });
/** A Service `shop/web` with this selector, that has had no endpoint for an hour. */
const selecting = (selector: Record<string, string>, metadata: Service["metadata"] = {}): Objects => ({
  services: [service({ selector }, metadata)],
  slices: [emptySlice()],
});
const labelled = (labels: Record<string, string>, replicas = 2): Deployment =>
  deployment({ replicas, template: { metadata: { labels }, spec: { containers: [{ name: "app" }] } } });
/** Who set the replicas of a Deployment, so many seconds ago. */
const scaledBy = (manager: string, secondsAgo: number) => ({
  managedFields: [
    { manager, operation: "Update", time: ago(secondsAgo), fieldsV1: { "f:spec": { "f:replicas": {} } } },
  ],
});

describe("a Service that selects no pod", () => {
  it("is told with the workload that its selector nearly selects", async () => {
    expect(await told({ ...selecting({ app: "wbe" }), deployments: [webAt(2)] })).toEqual([
      "Service shop/web: It selects no pod: it asks for app=wbe, where the pod template of Deployment web has app=web.",
    ]);
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["one of several labels has a slip", { app: "web", tier: "fronted" }, { app: "web", tier: "frontend" }],
    ["a letter is missing", { app: "payment" }, { app: "payments" }],
    ["the Service is called as the workload", { app: "shop-web" }, { app: "web" }],
  ])("is told however old it is where %s", async (_how, selector, labels) => {
    const name = selector["app"] === "shop-web" ? "web" : "front";
    const services = [service({ selector }, { name })];
    const old = { services, slices: [emptySlice(10 * 86_400, name)] };
    const [said, ...more] = await told({ ...old, deployments: [labelled(labels)] });

    expect(said).toContain("the pod template of Deployment web has");
    expect(more).toEqual([]);
  });

  it("is told for a day where it asks for a label more than a Deployment's pods carry", async () => {
    const objects = { ...selecting({ app: "web", tier: "front" }), deployments: [webAt(2)] };
    expect(await told(objects)).toEqual([
      "Service shop/web: It selects no pod: it asks for tier=front, a label that the pod template of Deployment web does not have.",
    ]);
    expect(await told({ ...objects, slices: [emptySlice(2 * 86_400)] })).toEqual([]);
  });

  it.each([
    ["shard-b", "shard-a"],
    ["web-eu-1b", "web-eu-1a"],
    ["cell-2", "cell-1"],
  ])("is not taken for a slip where %s and %s are two of a row", async (asked, has) => {
    const services = [service({ selector: { app: asked } }, { name: asked })];
    const objects = { services, slices: [emptySlice(3_600, asked)], deployments: [labelled({ app: has })] };
    expect(await told(objects)).toEqual([
      `Service shop/${asked}: It selects no pod, and nothing in its namespace is known to make pods with app=${asked}.`,
    ]);
  });

  it("is told for a day where nothing is known to make such pods", async () => {
    const services = [service({ selector: { app: "billing" } }, { name: "billing" })];
    const objects = { services, slices: [emptySlice(3_600, "billing")], deployments: [webAt(2)] };
    expect(await told(objects)).toEqual([
      "Service shop/billing: It selects no pod, and nothing in its namespace is known to make pods with app=billing.",
    ]);
    expect(await told({ ...objects, slices: [emptySlice(2 * 86_400, "billing")] })).toEqual([]);
  });

  it.each<[string, Objects]>([
    ["it has no selector", { ...selecting({}), deployments: [webAt(0)] }],
    [
      "it stands for a name elsewhere",
      { ...selecting({}), services: [service({ type: "ExternalName", selector: { app: "wbe" } })] },
    ],
    ["it is about a minute old", selecting({ app: "wbe" }, { creationTimestamp: ago(60) })],
    ["its pods went a minute ago", { ...selecting({ app: "wbe" }), slices: [emptySlice(60)] }],
    ["it is being deleted", selecting({ app: "wbe" }, { deletionTimestamp: ago(1) })],
    ["an operator made it", selecting({ app: "wbe" }, controlledBy("Challenge", "shop"))],
    ["it has opted out", selecting({ app: "wbe" }, { annotations: { "eks-remediation/enabled": "no" } })],
    ["it is for a Helm test", selecting({ app: "wbe" }, { annotations: { "helm.sh/hook": "test" } })],
    ["it is Knative's", selecting({ app: "wbe" }, { labels: { "serving.knative.dev/service": "web" } })],
    [
      "Argo Rollouts manages it",
      selecting({ app: "wbe" }, { annotations: { "argo-rollouts.argoproj.io/managed-by-rollouts": "web" } }),
    ],
    ["it is for one pod", selecting({ "statefulset.kubernetes.io/pod-name": "db-7" })],
    ["it is for the pods of one Job", selecting({ "job-name": "report" })],
    ["it is for a leader", selecting({ app: "web", role: "primary" })],
    ["it is for the next version", selecting({ app: "web", track: "canary" })],
    [
      "it is for the other colour",
      { ...selecting({ app: "web", color: "green" }), deployments: [labelled({ app: "web", color: "blue" })] },
    ],
    [
      "it is for another version",
      { ...selecting({ app: "web", version: "v2" }), deployments: [labelled({ app: "web", version: "v1" })] },
    ],
    [
      "operators label its pods later",
      { ...selecting({ app: "web", "db/state": "writer" }), statefulSets: [statefulSet()] },
    ],
    [
      "its pods have no address yet",
      {
        ...selecting({ app: "web" }),
        pods: [
          pod({
            status: { phase: "Pending" },
            metadata: { labels: { app: "web" }, ownerReferences: [], creationTimestamp: ago(30) },
          }),
        ],
      },
    ],
    [
      "its pods have come to their end",
      {
        ...selecting({ app: "web" }),
        pods: [pod({ status: { phase: "Succeeded" }, metadata: { labels: { app: "web" } } })],
      },
    ],
    ["its pods are made at the moment", { ...selecting({ app: "web" }), deployments: [webAt(2)] }],
    [
      "a Job makes its pods",
      {
        ...selecting({ app: "web" }),
        jobs: [
          {
            metadata: { name: "web", namespace: "shop" },
            spec: { completions: 1, template: { metadata: { labels: { app: "web" } } } },
            status: { succeeded: 1 },
          },
        ],
      },
    ],
    [
      "a kind that is not known makes them",
      {
        ...selecting({ app: "web" }),
        replicaSets: [
          { ...replicaSet(1), metadata: { name: "web-1", namespace: "shop", ...controlledBy("Rollout", "web") } },
        ],
      },
    ],
    ["nothing is doubtful", { services: [service()], slices: [slice()], deployments: [webAt(2)] }],
  ])("is not told where %s", async (_why, objects) => {
    const { deployments = [webAt(2)] } = objects;
    expect(await told({ ...objects, deployments })).toEqual([]);
  });

  it("costs no look at its pods where it has opted out", async () => {
    const annotations = { "eks-remediation/enabled": "false" };
    await told({ ...selecting({ app: "wbe" }, { annotations }), deployments: [webAt(2)] });

    expect(asked(api)).not.toContain("/api/v1/namespaces/shop/pods");
  });

  it("is not told in a namespace that is deleted, has opted out or has not opted in", async () => {
    const objects = { ...selecting({ app: "wbe" }), deployments: [webAt(2)] };
    const inSpace = async (metadata: object, options = {}) => {
      serve(api, objects);
      api.on("GET", "/api/v1/namespaces/shop", (response) => {
        response.writeHead(200).end(JSON.stringify({ metadata: { name: "shop", ...metadata } }));
      });
      return incidentsOf(await scanned(api, options));
    };

    expect(await inSpace({})).toEqual(["Service shop/web: SelectsNoPod"]);
    expect(await inSpace({ deletionTimestamp: ago(1) })).toEqual([]);
    expect(await inSpace({ annotations: { "eks-remediation/enabled": "off" } })).toEqual([]);
    expect(await inSpace({}, { policy: policy({ opt_in: true }) })).toEqual([]);
    const enabled = { annotations: { "eks-remediation/enabled": "true" } };
    expect(await inSpace(enabled, { policy: policy({ opt_in: true }) })).toHaveLength(1);
  });

  it("is not looked for outside of the namespaces that are looked after", async () => {
    const elsewhere = {
      namespaces: ["kube-system", "shop"],
      services: [service({ selector: { app: "wbe" } }, { namespace: "kube-system" })],
    };
    const there = emptySlice();
    const slices = [{ ...there, metadata: { ...there.metadata, namespace: "kube-system" } }];

    expect(await told({ ...elsewhere, slices })).toEqual([]);
    await told({ ...elsewhere, slices }, { namespace: "shop" });
    expect(asked(api).filter((path) => path.includes("kube-system/"))).toEqual([]);
  });
});

describe("a Service whose target port no container has", () => {
  const withPods = (spec: Service["spec"], ...pods: Pod["spec"][]): Objects => ({
    services: [service(spec, { creationTimestamp: ago(600) })],
    slices: [slice()],
    pods: pods.map((of, index) =>
      pod({ name: `web-1-${index}`, metadata: { labels: { app: "web" } }, ...(of === undefined ? {} : { spec: of }) }),
    ),
  });
  const declaring = (...ports: object[]): Pod["spec"] => ({ containers: [{ name: "app", ports: ports as never }] });
  const to = (targetPort: number | string, protocol = "TCP"): Service["spec"] => ({
    ports: [{ port: 80, targetPort, protocol }],
  });
  const http = { name: "http", containerPort: 8080 };

  it("is told with what the containers declare and what the Service sends to", async () => {
    expect(await told(withPods(to(9999), declaring(http), declaring(http)))).toEqual([
      "Service shop/web: The containers of its pods declare 8080, the Service sends to 9999.",
    ]);
  });

  it("is told by its name where no pod has a port of that name and protocol", async () => {
    const unset = { slices: [slice({ ports: [] })] };
    expect(await told({ ...withPods(to("htpp"), declaring(http)), ...unset })).toEqual([
      'Service shop/web: Its port 80 sends to the port "htpp" (TCP), and no container of its pods has a port of that name: they are named http.',
    ]);
    expect(await told({ ...withPods(to("http", "UDP"), declaring(http)), ...unset })).toEqual([
      'Service shop/web: Its port 80 sends to the port "http" (UDP), and no container of its pods has a port of that name: none has a name.',
    ]);
  });

  it.each<[string, Objects]>([
    ["it is declared", withPods(to(8080), declaring(http))],
    ["it is declared for the other protocol", withPods(to(8080, "UDP"), declaring(http))],
    ["no container declares any", withPods(to(9999), declaring())],
    ["one pod declares none", withPods(to(9999), declaring(http), declaring())],
    [
      "one pod of a rolling update declares it",
      withPods(to(9999), declaring(http), declaring({ containerPort: 9999 })),
    ],
    [
      "a sidecar declares it",
      withPods(to(15_006), {
        containers: [
          { name: "app", ports: [http] },
          { name: "istio-proxy", ports: [{ containerPort: 15_006 }] },
        ],
      }),
    ],
    [
      "a native sidecar declares it",
      withPods(to(15_006), {
        initContainers: [{ name: "proxy", restartPolicy: "Always", ports: [{ containerPort: 15_006 }] }],
        containers: [{ name: "app", ports: [http] }],
      }),
    ],
    [
      "the pods share the network of their nodes",
      withPods(to(9999), { hostNetwork: true, containers: [{ name: "app", ports: [http] }] }),
    ],
    [
      "the command line names it",
      withPods(to(9999), { containers: [{ name: "app", args: ["--listen=:9999"], ports: [http] }] }),
    ],
    [
      "a probe asks it",
      withPods(to(9999), { containers: [{ name: "app", readinessProbe: { httpGet: { port: 9999 } }, ports: [http] }] }),
    ],
    [
      "another port of the Service is declared",
      withPods(
        {
          ports: [
            { port: 80, targetPort: 8080 },
            { port: 81, targetPort: 9999 },
          ],
        },
        declaring(http),
      ),
    ],
    [
      "the Service is a minute old",
      { ...withPods(to(9999), declaring(http)), services: [service(to(9999), { creationTimestamp: ago(60) })] },
    ],
    ["the Service was written long ago", { ...withPods(to(9999), declaring(http)), services: [service(to(9999))] }],
    [
      "some pods of a rolling update have the name",
      {
        ...withPods(to("web"), declaring(http), declaring({ name: "web", containerPort: 1 })),
        slices: [slice({ ports: [] })],
      },
    ],
  ])("is not told where %s", async (_why, objects) => {
    expect(await told(objects)).toEqual([]);
  });
});

describe("a workload at zero", () => {
  const behind = (metadata: Deployment["metadata"] = {}): Objects => ({
    ...selecting({ app: "web" }),
    deployments: [webAt(0, metadata)],
  });
  const off = (min: number, since = 3_600, metadata: Hpa["metadata"] = {}): Hpa => {
    const made = hpaWith([hpaConditionOf("ScalingActive", "False", "ScalingDisabled", since)]);
    return { ...made, metadata: { ...made.metadata, ...metadata }, spec: { ...made.spec, minReplicas: min } };
  };

  it("is told with who set it, the Ingress that sends there, and the HPA that does nothing", async () => {
    const around = { ingresses: [ingress(["web"])], hpas: [off(2)] };
    expect(await told({ ...behind(scaledBy("kubectl", 3_600)), ...around })).toEqual([
      "Service shop/web: It sends to nobody: Deployment web is at zero replicas (set by kubectl), and Ingress front sends to web; HPA web does nothing at zero.",
    ]);
  });

  it("is no DaemonSet without nodes, which nobody has set to zero", async () => {
    const { status, ...agent } = daemonSet(0);
    const none = { ...agent, status: { ...status, desiredNumberScheduled: 0, currentNumberScheduled: 0 } } as DaemonSet;

    expect(await told({ ...selecting({ app: "web" }), daemonSets: [none] })).toEqual([]);
  });

  it("is told of by its HPA where no Service selects it, after the policy's time and for a day", async () => {
    const deployments = [webAt(0)];
    const said = ["HorizontalPodAutoscaler shop/web: It does nothing: Deployment web is at zero replicas."];
    expect(await told({ deployments, hpas: [off(2)] })).toEqual(said);
    expect(await told({ deployments, hpas: [off(2, 1_200)] })).toEqual([]);
    expect(await told({ deployments, hpas: [off(2, 2 * 86_400)] })).toEqual([]);
  });

  it("fails no scan where the HPA names what cannot exist", async () => {
    const made = off(2);
    const hpas = [{ ...made, spec: { ...made.spec, scaleTargetRef: { kind: "Deployment", name: "." } } }];

    expect(await told({ hpas })).toEqual([]);
  });

  it.each<[string, Objects]>([
    ["for a minute", behind(scaledBy("kubectl", 60))],
    ["for days", behind(scaledBy("kubectl", 3 * 86_400))],
    ["by KEDA", behind(scaledBy("keda-operator", 3_600))],
    ["by an HPA that may go to zero", { ...behind(), hpas: [off(0)] }],
    ["under an HPA that somebody owns", { ...behind(), hpas: [off(2, 3_600, controlledBy("ScaledObject", "web"))] }],
    ["by a downscaler", behind({ annotations: { "downscaler/original-replicas": "3" } })],
    ["by an annotation that says it sleeps", behind({ annotations: { "kube-green.com/sleep": "true" } })],
    ["for its controller", behind(controlledBy("Canary", "web"))],
    [
      "for an owner",
      behind({ ownerReferences: [{ apiVersion: "flagger.app/v1beta1", kind: "Canary", name: "web", uid: "1" }] }),
    ],
    ["paused", { ...selecting({ app: "web" }), deployments: [deployment({ replicas: 0, paused: true })] }],
    ["and opted out", behind({ annotations: { "eks-remediation/enabled": "later" } })],
    ["beside another one behind the same Service", { ...behind(), statefulSets: [statefulSet(1)] }],
    ["without anything that refers to it", { deployments: [webAt(0)] }],
  ])("is not told where it is so %s", async (_how, objects) => {
    const found = await told(objects);
    expect(found.filter((line) => !line.startsWith("StatefulSet"))).toEqual([]);
  });
});

describe("an Ingress that sends to a Service that is not there", () => {
  it("is told with the name", async () => {
    expect(await told({ services: [service()], slices: [slice()], ingresses: [ingress(["web", "wep"])] })).toEqual([
      "Ingress shop/front: It sends to Service wep, which does not exist in its namespace.",
    ]);
  });

  it.each([
    ["is new", ingress(["wep"], { creationTimestamp: ago(60) })],
    ["has an owner", ingress(["wep"], controlledBy("Challenge", "shop"))],
    ["has opted out", ingress(["wep"], { annotations: { "eks-remediation/enabled": "" } })],
    ["is being deleted", ingress(["wep"], { deletionTimestamp: ago(1) })],
    ["names an action of its load balancer", actions()],
  ])("is not told where it %s", async (_why, made) => {
    expect(await told({ services: [service()], slices: [slice()], ingresses: [made] })).toEqual([]);
  });

  it("is not told where the list of Services is older than the Service, which is asked for by its name", async () => {
    serve(api, { services: [service()], slices: [slice()], ingresses: [ingress(["web", "new"])] });
    const made = service({}, { name: "new" });
    api.on("GET", "/api/v1/namespaces/shop/services", (response, request) => {
      const items = request.query["fieldSelector"] === "metadata.name=new" && !("resourceVersion" in request.query);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ kind: "List", metadata: {}, items: items ? [made] : [] }));
    });

    expect((await scanned(api)).incidents).toEqual([]);
    expect(asked(api)).toContain("/api/v1/namespaces/shop/services?metadata.name=new");
  });

  it("is not told where the Service that is not in the list cannot be asked for, which is said", async () => {
    serve(api, { services: [service()], slices: [slice()], ingresses: [ingress(["web", "wep"])] });
    api.on("GET", "/api/v1/namespaces/shop/services", FORBIDDEN);
    const { incidents, unseen } = await scanned(api);

    expect(incidents).toEqual([]);
    expect(unseen).toMatchObject([{ what: "Services in namespace shop", error: "Forbidden" }]);
  });

  it("is not told where the Services could not be read, which is said", async () => {
    serve(api, { services: [service()], ingresses: [ingress(["web"])] });
    api.on("GET", "/api/v1/services", FORBIDDEN);
    const { incidents, unseen, status } = await scanned(api);

    expect({ incidents, status }).toEqual({ incidents: [], status: "healthy" });
    expect(unseen).toMatchObject([{ what: "Services", error: "Forbidden" }]);
  });
});

describe("what leads nowhere", () => {
  it("costs one request a doubtful Service and those for its namespace, and none for those that are well", async () => {
    const more = Array.from({ length: 30 }, (_unused, index) => `well-${index}`);
    const well = more.map((name) => service({ selector: { app: name } }, { name, uid: name }));
    const slices = [emptySlice(), ...more.map((name) => slice({}, 3_600, name))];
    await told({ services: [...well, service({ selector: { app: "wbe" } })], slices, deployments: [webAt(2)] });

    const beside = asked(api).filter((path) => /services|slices|ingresses|namespaces\/shop/.test(path));
    expect(beside.filter((path) => !path.startsWith("table /api/v1/namespaces/shop/pods")).sort()).toEqual([
      "/api/v1/namespaces/shop",
      "/api/v1/namespaces/shop/pods",
      "/api/v1/services",
      ...["daemonsets", "deployments", "replicasets", "statefulsets"].map(
        (kind) => `/apis/apps/v1/namespaces/shop/${kind}`,
      ),
      "/apis/batch/v1/namespaces/shop/jobs",
      "/apis/discovery.k8s.io/v1/endpointslices?metadata.name=web-x7k2p",
      "/apis/networking.k8s.io/v1/ingresses",
      "table /apis/discovery.k8s.io/v1/endpointslices",
    ]);
  });

  it("is told of each namespace in turn, so that many in one hide none of the others", async () => {
    const many = Array.from({ length: 30 }, (_unused, index) => `many-${index}`);
    const one = emptySlice(40_000);
    const objects = {
      namespaces: ["blog", "shop"],
      services: [
        ...many.map((name) => service({ selector: { app: name } }, { name })),
        service({ selector: { app: "wbe" } }, { namespace: "blog" }),
      ],
      slices: [
        ...many.map((name) => emptySlice(3_600, name)),
        { ...one, metadata: { ...one.metadata, namespace: "blog" } },
      ],
    };
    const lines = await told(objects);

    expect(lines).toHaveLength(20);
    expect(lines.filter((line) => line.includes("blog/web"))).toHaveLength(1);
  });

  it.each(["/apis/networking.k8s.io/v1/ingresses", "/apis/discovery.k8s.io/v1/endpointslices"])(
    "is looked for as far as it can be where %s is refused",
    async (path) => {
      serve(api, { ...selecting({ app: "web" }), deployments: [webAt(2)] });
      api.on("GET", path, FORBIDDEN);
      const { status, unseen } = await scanned(api);

      expect(status).toBe("healthy");
      expect(unseen).toHaveLength(1);
    },
  );
});

/** An Ingress of the AWS Load Balancer Controller that answers by itself. */
function actions() {
  const made = ingress([]);
  const backend = { service: { name: "ssl-redirect", port: { name: "use-annotation" } } };
  return { ...made, spec: { rules: [{ http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] } };
}
