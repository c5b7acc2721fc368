import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readState } from "../../../functions/facts/state.ts";
import { workloadObject } from "../../../functions/kinds/object-ref.ts";
import { hpaRef, podRef } from "../../../functions/shared/object-ref.ts";
import { ApiServer, found, page, refusal } from "../../support/api-server.ts";
import { deployment, hpa, ofRevision, pod, replicaSet, WEB } from "../../support/objects.ts";
import { DB, db, dbPod } from "../../support/set-objects.ts";

const APPS = "/apis/apps/v1/namespaces/shop";
const PODS = "/api/v1/namespaces/shop/pods";
const HPAS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api
    .on("GET", `${APPS}/deployments/web`, found(deployment()))
    .on("GET", `${APPS}/replicasets`, page([replicaSet(1), replicaSet(2)]))
    .on("GET", PODS, page([ofRevision(1, pod())]))
    .on("GET", HPAS, page([hpa()]))
    .on("GET", `${HPAS}/web`, found(hpa()));
});
afterEach(() => api.stop());

const asked = () => api.requests.map(({ path }) => path).sort();

describe("a look at a workload", () => {
  it("finds its HPA among all, and its pods through the ReplicaSets that it controls", async () => {
    const state = await readState(api.cluster(), WEB);

    expect(state).toMatchObject({ pods: [{ metadata: { name: "web-1-aaaaa" } }], controllers: ["rs-1-uid"] });
    expect(state?.hpa?.metadata?.name).toBe("web");
    expect(asked()).toEqual([PODS, `${APPS}/deployments/web`, `${APPS}/replicasets`, HPAS].sort());
  });

  it("reads one HPA, and no ReplicaSet, where an earlier look found them", async () => {
    const state = await readState(api.cluster(), WEB, { hpa: "web", controllers: ["rs-1-uid"] });

    expect(state).toMatchObject({ pods: [{ metadata: { name: "web-1-aaaaa" } }], controllers: ["rs-1-uid"] });
    expect(state?.hpa?.metadata?.name).toBe("web");
    expect(asked()).toEqual([PODS, `${APPS}/deployments/web`, `${HPAS}/web`].sort());
  });

  it("reads what a remedy writes to beside what it reads anyway, as far as that is there", async () => {
    const service = { apiVersion: "v1", kind: "Service", plural: "services", namespace: "shop", name: "web" };
    const gone = { ...service, name: "gone" };
    api.on("GET", "/api/v1/namespaces/shop/services/web", found({ metadata: { name: "web" } }));
    const targets = [workloadObject(WEB), podRef("shop", "web-1-aaaaa"), hpaRef("shop", "old"), service, gone];
    const state = await readState(api.cluster(), WEB, { hpa: null, controllers: ["rs-1-uid"] }, targets);

    expect(state?.others).toEqual([{ ref: service, object: { metadata: { name: "web" } } }]);
    const services = ["web", "gone"].map((name) => `/api/v1/namespaces/shop/services/${name}`);
    expect(asked()).toEqual([PODS, `${APPS}/deployments/web`, ...services].sort());
  });

  it("fails where it may not read what a remedy writes to", async () => {
    const secret = { apiVersion: "v1", kind: "Secret", plural: "secrets", namespace: "shop", name: "web" };
    api.on("GET", "/api/v1/namespaces/shop/secrets/web", refusal(403, "secrets is forbidden"));

    await expect(readState(api.cluster(), WEB, {}, [secret])).rejects.toMatchObject({ name: "Forbidden" });
  });

  it("asks for no HPA where an earlier look found none", async () => {
    expect(await readState(api.cluster(), WEB, { hpa: null })).toMatchObject({ hpa: undefined });
    expect(asked()).not.toContain(HPAS);
  });

  it("lists the ReplicaSets again for a pod that another one controls", async () => {
    api.on("GET", PODS, page([ofRevision(1, pod()), ofRevision(2, pod({ name: "web-2-b" }))]));
    const state = await readState(api.cluster(), WEB, { hpa: null, controllers: ["rs-1-uid"] });

    expect(state?.pods).toHaveLength(2);
    expect(state?.controllers).toEqual(["rs-1-uid", "rs-2-uid"]);
    expect(asked()).toContain(`${APPS}/replicasets`);
  });

  it("leaves pods out whose controller is none of its ReplicaSets, known or listed", async () => {
    const foreign = ofRevision(9, pod({ name: "canary" }));
    const bare = { metadata: { name: "debug", namespace: "shop" } };
    api.on("GET", PODS, page([ofRevision(1, pod()), foreign, bare]));

    for (const controllers of [undefined, ["rs-1-uid"]]) {
      const state = await readState(api.cluster(), WEB, controllers === undefined ? {} : { controllers });
      expect(state?.pods.map(({ metadata }) => metadata?.name)).toEqual(["web-1-aaaaa"]);
      expect(state?.controllers).toEqual(["rs-1-uid"]);
    }
  });

  it.each([
    ["is gone", refusal(404, "not found")],
    [
      "scales another workload by now",
      found({ ...hpa(), spec: { maxReplicas: 4, scaleTargetRef: { kind: "Deployment", name: "other" } } }),
    ],
  ])("looks for the HPA anew where the one that was found %s", async (_what, answer) => {
    const other = hpa({ metadata: { name: "newer" } });
    api.on("GET", `${HPAS}/web`, answer).on("GET", HPAS, page([other]));

    expect((await readState(api.cluster(), WEB, { hpa: "web" }))?.hpa?.metadata?.name).toBe("newer");
  });

  it("finds no HPA on a cluster without that API", async () => {
    api.on("GET", HPAS, refusal(404, "the server could not find the requested resource"));

    expect(await readState(api.cluster(), WEB)).toMatchObject({ hpa: undefined });
  });

  it("takes the pods of a StatefulSet from no list but theirs", async () => {
    api.on("GET", `${APPS}/statefulsets/db`, found(db())).on("GET", PODS, page([dbPod(0, 1), pod()]));
    const state = await readState(api.cluster(), DB, { hpa: null });

    expect(state?.pods.map(({ metadata }) => metadata?.name)).toEqual(["db-0"]);
    expect(asked()).toEqual([PODS, `${APPS}/statefulsets/db`].sort());
  });
});
