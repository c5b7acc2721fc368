import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gatherEvidence } from "../../../functions/facts/evidence.ts";
import type { HistoryEntry, RequestedRemedy } from "../../../functions/run/contracts.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import { ApiServer, found, page, refusal } from "../../support/api-server.ts";
import {
  ago,
  container,
  deployment,
  hpa,
  incident,
  NOW,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";
import { node } from "../../support/workload-objects.ts";

const APPS = "/apis/apps/v1/namespaces/shop";
const CORE = "/api/v1/namespaces/shop";
const BUDGETS = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets";

const unready = pod({
  name: "web-1-a",
  spec: { nodeName: "node-0", containers: [] },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "False" }] },
});
const current = replicaSet(1);
current.spec = { selector: {}, ...current.spec, replicas: 2 };

const SUBJECTS = ["deploy-uid", "rs-1-uid", unready.metadata?.uid ?? ""];
const warning = (uid: string) => ({ reason: "FailedMount", involvedObject: { uid } });

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api
    .on("GET", CORE, found({ metadata: { name: "shop" } }))
    .on("GET", `${APPS}/deployments/web`, found(deployment()))
    .on("GET", `${APPS}/replicasets`, page([current, replicaSet(0)]))
    .on("GET", `${CORE}/pods`, page([ofRevision(1, unready), ofRevision(1, pod({ name: "web-1-b" }))]))
    .on("GET", "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers", page([]))
    .on("GET", `${CORE}/events`, page([...SUBJECTS, "somebody-elses"].map(warning)))
    .on("GET", BUDGETS, page([{ metadata: { name: "web" } }]))
    .on("GET", `${CORE}/resourcequotas`, page([{ metadata: { name: "small" } }]))
    .on("GET", `${CORE}/limitranges`, page([{ metadata: { name: "bounds" } }]))
    .on("GET", "/api/v1/nodes/node-0", found(node("node-0", "Unknown")));
});
afterEach(() => api.stop());

const NO_PAST = { tried: [], history: [] };

describe("the claims of a workload's pods", () => {
  const claimed = (name: string, isWell: boolean): Pod => {
    const made = ofRevision(1, isWell ? pod({ name }) : { ...unready, metadata: { ...unready.metadata, name } });
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName: `data-${name}` } }];
    return { ...made, spec: { containers: [], volumes } };
  };
  const claims = () => api.requests.flatMap(({ path }) => /persistentvolumeclaims\/(.*)/.exec(path)?.[1] ?? []);

  it("are looked at for those that are well, too, as a rollback replaces them with the one that fails", async () => {
    api.on("GET", `${CORE}/pods`, page([claimed("a", true), claimed("b", false)]));
    await gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW });

    expect(claims()).toEqual(["data-b", "data-a"]);
  });

  it("are looked at where all are well, and a rollback is asked for", async () => {
    api.on("GET", `${CORE}/pods`, page([claimed("a", true)]));
    const requested = (action: RequestedRemedy): Promise<unknown> =>
      gatherEvidence(api.cluster(), incident({ requested: action }), NO_PAST, { now: NOW });
    await requested({ action: "scale", replicas: 3 });
    expect(claims()).toEqual([]);

    await requested({ action: "rollback" });
    expect(claims()).toEqual(["data-a"]);
  });
});

describe("what the pods of a workload name", () => {
  it("is looked for where a pod is in question: in that pod, and in the template", async () => {
    const own = { ...unready, spec: { nodeName: "node-0", containers: [], serviceAccountName: "before" } };
    const workload = deployment({ template: { ...template("shop/web:1") } });
    api
      .on("GET", `${CORE}/pods`, page([ofRevision(1, own)]))
      .on("GET", `${APPS}/deployments/web`, found(workload))
      .on("GET", `${CORE}/serviceaccounts/before`, refusal(404, "no"));
    const { absent } = await gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW });

    expect(absent).toEqual([{ kind: "ServiceAccount", name: "before", isGoing: false }]);
  });
});

describe("several HPAs that scale the same workload", () => {
  it("are all read, and the one that fails is the one in question", async () => {
    const full = hpa({ metadata: { name: "full" }, limited: "TooManyReplicas" });
    api.on("GET", "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers", page([hpa(), full]));
    const read = await gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW, deadlines: policy().detect });

    expect(read.hpa?.metadata?.name).toBe("full");
    expect(read.rivalHpas?.map(({ metadata }) => metadata?.name)).toEqual(["web"]);
  });
});

describe("the evidence around a workload", () => {
  it("is the warnings about it, its ReplicaSet and its unready pod, with budgets, quotas and the pod's node", async () => {
    const { surroundings, lostNodes } = await gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW });
    const asked = api.requests
      .filter(({ path }) => path === `${CORE}/events`)
      .map(({ query }) => query["fieldSelector"]);

    expect(asked).toEqual(["type=Warning"]);
    expect(surroundings.events).toEqual(SUBJECTS.map(warning));
    expect(surroundings.budgets).toEqual([{ metadata: { name: "web" } }]);
    expect(surroundings.quotas).toEqual([{ metadata: { name: "small" } }]);
    expect(surroundings.limitRanges).toEqual([{ metadata: { name: "bounds" } }]);
    expect([...lostNodes.keys()]).toEqual(["node-0"]);
  });

  it("is of the very workload that a runbook named, not of one that was made anew under its name", async () => {
    const about = (uid: string) => gatherEvidence(api.cluster(), incident({ uid }), NO_PAST, { now: NOW });

    expect((await about("deploy-uid")).workload?.metadata?.uid).toBe("deploy-uid");
    await expect(about("another")).rejects.toMatchObject({
      name: "WorkloadNotFound",
      message: expect.stringContaining(
        "Deployment shop/web was deleted and made anew since it was asked for",
      ) as string,
    });
  });

  it("is also the warnings about pods of the workload that are gone, where all warnings of the namespace are read", async () => {
    const about = (kind: string, name: string, uid: string) => ({ involvedObject: { kind, name, uid } });
    const gone = about("Pod", "web-0-bcdfg", "gone-uid");
    const others = [
      about("Pod", "web-0-64c8fb6b49-bcdfg", "similar-uid"),
      about("Pod", "web-1-a", unready.metadata?.uid ?? ""),
      about("Pod", "api-1", "another-uid"),
      about("Job", "web-1", "job-uid"),
    ];
    api.on("GET", `${CORE}/events`, page([gone, ...others]));
    const known = await gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW });
    expect(known.surroundings.gone).toEqual([gone]);

    api.on("GET", `${CORE}/events`, page([gone], "next"), page([]));
    expect((await gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW })).surroundings.gone).toBeUndefined();

    api.on("GET", `${CORE}/events`, refusal(403, "no"));
    expect((await gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW })).surroundings.gone).toBeUndefined();
  });

  it("is asked for object by object where the namespace holds too many warnings to read them all", async () => {
    api.on("GET", `${CORE}/events`, page([warning("somebody-elses")], "next"), page([{ reason: "FailedMount" }]));
    const { surroundings } = await gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW });
    const asked = api.requests
      .filter(({ path }) => path === `${CORE}/events`)
      .map(({ query }) => query["fieldSelector"]);

    expect(asked.slice(1).sort()).toEqual(SUBJECTS.map((uid) => `involvedObject.uid=${uid},type=Warning`).sort());
    expect(surroundings.events).toHaveLength(3);
  });

  it("does without what may not be read", async () => {
    for (const path of [`${CORE}/events`, BUDGETS, `${CORE}/resourcequotas`, `${CORE}/limitranges`])
      api.on("GET", path, refusal(403, "no"));
    const { surroundings } = await gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW });

    expect(surroundings).toMatchObject({ events: [], budgets: [], quotas: [], limitRanges: [], nodes: [{}] });
    expect(api.requests.filter(({ path }) => path === `${CORE}/events`)).toHaveLength(1);
  });

  it("is not collected at the price of an API server that is in trouble", async () => {
    api.on("GET", `${CORE}/events`, refusal(503, "overloaded"));

    await expect(gatherEvidence(api.cluster(), incident(), NO_PAST, { now: NOW })).rejects.toMatchObject({
      name: "ClusterUnavailable",
    });
  });
});

describe("what a pod needs that may be replaced", () => {
  const configMap = (name: string) => `${CORE}/configmaps/${name}`;
  const reads = (name: string) => ({ containers: [{ name: "app", envFrom: [{ configMapRef: { name } }] }] });
  const made = (revision: number, name: string, config: string, restartCount = 0) =>
    ofRevision(
      revision,
      pod({
        name,
        spec: { nodeName: "node-1", ...reads(config) },
        status: { containerStatuses: [container({ restartCount })] },
      }),
    );
  const look = async (pods: Pod[], requested?: RequestedRemedy) => {
    api
      .on("GET", `${APPS}/deployments/web`, found(deployment({ template: { spec: reads("new") } })))
      .on("GET", `${CORE}/pods`, page(pods))
      .on("GET", configMap("new"), found({ metadata: { name: "new" } }))
      .on("GET", configMap("old"), refusal(404, "not found"))
      .on("GET", "/api/v1/nodes/node-1", found(node("node-1", "True")));
    const about = incident(requested === undefined ? {} : { requested });
    const { config, neededByPods, surroundings } = await gatherEvidence(api.cluster(), about, NO_PAST, {
      now: NOW,
      configChanges: "config_maps",
    });
    const states = [...config, ...(neededByPods ?? [])].map(({ name, state }) => `${name} ${state}`);
    return { states, nodes: surroundings.nodes.map(({ metadata }) => metadata?.name) };
  };

  it("is not read while all of them are well", async () => {
    expect(await look([made(1, "web-1-a", "new")])).toEqual({ states: [], nodes: [] });
  });

  it("is read of one that somebody asks to be restarted, however well it is, and so is its node", async () => {
    const asked = { action: "restart", pod: "web-1-a" } as const;

    expect(await look([made(1, "web-1-a", "new"), made(1, "web-1-b", "new")], asked)).toEqual({
      states: ["new there"],
      nodes: ["node-1"],
    });
  });

  it("is read by the pod's own spec, where that needs what the template does not", async () => {
    expect((await look([made(0, "web-0-a", "old", 1)])).states).toEqual(["new there", "old missing"]);
  });

  it("is read of the node of one that was restarted often and is ready", async () => {
    expect((await look([made(1, "web-1-a", "new", 9)])).nodes).toEqual(["node-1"]);
  });
});

describe("what was tried in vain", () => {
  const entry = (overrides: Partial<HistoryEntry>): HistoryEntry => ({
    at: ago(4_000),
    execution: "earlier",
    cause: "CrashLoopOfStableWorkload",
    action: "restart",
    outcome: "Unresolved",
    applied: true,
    template: templateHash(template()),
    ...overrides,
  });
  const triedAfter = async (history: HistoryEntry[], requested?: RequestedRemedy) => {
    const about = incident(requested === undefined ? {} : { requested });
    return (await gatherEvidence(api.cluster(), about, { tried: [], history }, { now: NOW })).tried;
  };

  it("is what earlier executions did to the same template without success", async () => {
    expect(await triedAfter([entry({}), entry({ action: "rollback", outcome: "RolledBack" })])).toEqual([
      "restart",
      "rollback",
    ]);
  });

  it.each([
    ["concerns another template", [entry({ template: "another" })]],
    ["was never carried out", [entry({ applied: undefined })]],
    ["helped", [entry({ outcome: "Recovered" })]],
    ["lies before one that helped", [entry({ action: "rollback", outcome: "Recovered" }), entry({})]],
    ["was no action", [entry({ action: "none" })]],
  ])("is not what %s", async (_what, history) => {
    expect(await triedAfter(history)).toEqual([]);
  });

  it("does not keep anybody from asking for it again", async () => {
    expect(await triedAfter([entry({})], { action: "restart", pod: "web-1-a" })).toEqual([]);
  });
});
