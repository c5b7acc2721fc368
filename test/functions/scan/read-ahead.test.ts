import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer } from "../../support/api-server.ts";
import { crashingPod } from "../../support/objects.ts";
import { incidentsOf, scanned } from "../../support/scans.ts";
import { asksForTable, serve } from "../../support/served-cluster.ts";
import { controlledBy, deploymentWith } from "../../support/workload-objects.ts";

const NAMES = Array.from({ length: 6 }, (_, index) => `web-${index}`);

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** The Deployments that were asked for in full: by what selects them, or by their name. */
const reads = () =>
  api.requests
    .filter((request) => request.path.includes("/deployments") && !asksForTable(request))
    .map(({ path, query }) => query["labelSelector"] ?? path.split("/").at(-1));

/** A pod that crashes, of a Deployment that is complete by its row. */
function podOf(name: string, namespace = "shop") {
  const { metadata, ...rest } = crashingPod({ name: `${name}-crash` });
  const owner = controlledBy("Deployment", name);
  return { ...rest, metadata: { ...metadata, ...owner, namespace, labels: { app: name, team: "a" } } };
}

const complete = (name: string, labels: Record<string, string> = { app: name }, namespace = "shop") =>
  deploymentWith({ name, namespace, metadata: { labels } });

describe("Deployments that are complete, and whose pods fail", () => {
  it("are read in one request, by the label that has their name", async () => {
    serve(api, { pods: NAMES.map((name) => podOf(name)), deployments: NAMES.map((name) => complete(name)) });

    expect(incidentsOf(await scanned(api))).toHaveLength(6);
    expect(reads()).toEqual([`app in (${NAMES.join()})`]);
  });

  it("are read by their names where they do not have the label, whoever else has it", async () => {
    const [first = "", ...others] = NAMES;
    const copy = complete("copy", { app: first });
    const deployments = [complete(first, { team: "a" }), copy, ...others.map((name) => complete(name))];
    serve(api, { pods: NAMES.map((name) => podOf(name)), deployments });

    expect(incidentsOf(await scanned(api))).toHaveLength(6);
    expect(reads()).toEqual([`app in (${NAMES.join()})`, first]);
  });

  it("are each that of their namespace, where two have one name and one is being rolled out", async () => {
    const rolling = deploymentWith({
      ...{ name: "web-0", namespace: "blog", generation: 2 },
      metadata: { generation: 2, labels: { app: "web-0" } },
    });
    serve(api, {
      namespaces: ["blog", "shop"],
      pods: [...NAMES.map((name) => podOf(name)), podOf("web-0", "blog")],
      deployments: [...NAMES.map((name) => complete(name)), rolling],
    });
    const { in_rollout: settling, incidents } = await scanned(api);

    expect(settling).toMatchObject([{ namespace: "blog", name: "web-0" }]);
    expect(incidents).toHaveLength(6);
    expect(reads()).toHaveLength(1);
  });
});
