import { readFileSync } from "node:fs";
import { startEmbeddedCluster } from "../../local/embedded/index.ts";
import { quickPolicy } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow } from "../../local/scenarios/run-workflow.ts";
import { AsFunctions } from "./as-functions.ts";

/** Plays a Release whose second revision crashes, with a stand-in for its controller, and prints what came of it as JSON. */

const cluster = await startEmbeddedCluster(20);
const { kubectl, clock, url } = cluster;
/** What the controller's stand-in writes as. */
const CONTROLLER = "release-controller";
const apply = async (object: object, ...as: string[]) =>
  await kubectl.run(["-n", "shop", "apply", ...as, "-f", "-"], JSON.stringify(object));
const make = async (object: object) => await apply(object, `--field-manager=${CONTROLLER}`);
const until = async (holds: () => Promise<boolean>) => {
  while (!(await holds())) await clock.sleep(0.5);
};

/** The pod template of a revision. */
function template(revision: number, labels: object = {}): object {
  const annotations = revision === 1 ? {} : { "simulation/failure": "crash-loop" };
  const containers = [
    { name: "app", image: `shop/web:${revision}`, readinessProbe: { httpGet: { path: "/", port: 80 } } },
  ];
  return { metadata: { labels: { app: "web", ...labels }, annotations }, spec: { containers } };
}

/** What the controller keeps for a revision. */
function replicaSet(revision: number, replicas: number, uid: string): object {
  const hash = { "release-pod-template-hash": `${revision}` };
  const owner = { apiVersion: "example.com/v1alpha1", kind: "Release", name: "web", uid, controller: true };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `web-${revision}`,
      labels: { app: "web", ...hash },
      annotations: { "release.example.com/revision": `${revision}` },
      ownerReferences: [owner],
    },
    spec: { replicas, selector: { matchLabels: { app: "web", ...hash } }, template: template(revision, hash) },
  };
}

interface Template {
  metadata: { labels: Record<string, string> };
  spec: { containers: { image: string }[] };
}

interface Owned {
  metadata: { uid: string; generation?: number };
  spec: { template: Template };
  status?: { readyReplicas?: number };
}

const get = async (what: string) => JSON.parse(await kubectl.run(["-n", "shop", "get", what, "-o", "json"])) as Owned;

async function setStatus(status: object): Promise<void> {
  const { generation } = (await get("release/web")).metadata;
  const observed = { observedGeneration: `${generation ?? 0}`, ...status };
  const answer = await fetch(
    `${url}/apis/example.com/v1alpha1/namespaces/shop/releases/web/status?fieldManager=${CONTROLLER}`,
    {
      method: "PATCH",
      headers: { "content-type": "application/merge-patch+json" },
      body: JSON.stringify({ status: observed }),
    },
  );
  if (!answer.ok) throw new Error(await answer.text());
}

/** Puts a template as its ReplicaSet has it into the Release, whose API fills in nothing by itself. */
async function setTemplate(template: Template): Promise<void> {
  const { "release-pod-template-hash": _own, ...labels } = template.metadata.labels;
  const own = { ...template, metadata: { ...template.metadata, labels } };
  await kubectl.run([
    "-n",
    "shop",
    "patch",
    "release/web",
    "--type=merge",
    "-p",
    JSON.stringify({ spec: { template: own } }),
  ]);
}

const isReady = async (name: string, count: number) => ((await get(name)).status?.readyReplicas ?? 0) === count;

/** Does what the Release's controller does about the template that was put back. */
async function rollOut(): Promise<void> {
  await kubectl.run(["-n", "shop", "scale", "replicaset/web-2", "--replicas=0"]);
  await kubectl.run(["-n", "shop", "scale", "replicaset/web-1", "--replicas=2"]);
  await until(() => isReady("replicaset/web-1", 2));
  const whole = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
  await setStatus({ phase: "Healthy", conditions: [], ...whole });
}

try {
  for (const namespace of ["shop", "eks-remediation"]) await kubectl.run(["create", "namespace", namespace]);
  await kubectl.run(["apply", "-f", "-"], readFileSync(new URL("releases.yaml", import.meta.url), "utf8"));
  await apply({
    apiVersion: "example.com/v1alpha1",
    kind: "Release",
    metadata: { name: "web" },
    spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: template(2) },
  });
  const { uid } = (await get("release/web")).metadata;
  await make(replicaSet(1, 1, uid));
  await until(() => isReady("replicaset/web-1", 1));
  await make(replicaSet(2, 1, uid));
  await until(async () => (await kubectl.run(["-n", "shop", "get", "pods"])).includes("CrashLoopBackOff"));
  await setTemplate((await get("replicaset/web-2")).spec.template);
  await setStatus({
    phase: "Degraded",
    ...{ replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
    conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
  });
  const functions = new AsFunctions(cluster, "release");
  const run = await runWorkflow({
    connectionOf: (step) => functions.connectionOf(step),
    request: { cluster_name: "embedded", namespace: "shop" },
    policy: quickPolicy({}),
    now: () => clock.now(),
    sleep: (seconds) => clock.sleep(seconds),
    onEntered: (state) => (state === "Wait for it to settle" ? rollOut() : undefined),
  });
  const events = JSON.parse(await kubectl.run(["-n", "shop", "get", "events", "-o", "json"])) as {
    items: { reason: string; involvedObject: object }[];
  };
  const results = {
    workloads: run.workloads,
    image: (await get("release/web")).spec.template.spec.containers[0]?.image,
    writes: functions
      .requests()
      .filter(({ verb, uri }) => verb === "patch" && !uri.includes("dryRun"))
      .map(({ resource }) => resource),
    commands: run.notifications.flatMap(({ document }) => document.commands),
    found: run.notifications.flatMap(({ document }) => document.found),
    events: events.items.filter(({ reason }) => reason.startsWith("Remediation")),
    notPermitted: functions.notPermitted(),
  };
  process.stdout.write(JSON.stringify(results));
} finally {
  await cluster.stop();
}
