import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withinReach } from "../../../functions/scan/reach.ts";
import { placesToLook } from "../../../functions/scan/places.ts";
import { findStorm } from "../../../functions/scan/storm.ts";
import { View } from "../../../functions/scan/view.ts";
import { within } from "../../../functions/shared/time-left.ts";
import { ApiServer, found } from "../../support/api-server.ts";
import { incident, policy } from "../../support/objects.ts";
import { FORBIDDEN, scanned } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";
import { deploymentWith, statefulSet, statusWritten } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const named = (number: number) => Array.from({ length: number }, (_, index) => `team-${index}`);

/** A cluster with a Deployment in each namespace, which fails in the first of them. */
async function reached(hit: number, all: number, perNamespace = 1) {
  const namespaces = named(all);
  const deployments = namespaces.flatMap((namespace) =>
    Array.from({ length: perNamespace }, (_, index) => deploymentWith({ namespace, name: `web-${index}` })),
  );
  serve(api, { namespaces, deployments });
  const failing = deployments.slice(0, hit * perNamespace).map(({ metadata }) => ({
    incident: incident({
      workload: { kind: "Deployment", namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" },
    }),
    pods: [],
  }));
  const view = new View(api.cluster());
  const places = await placesToLook(view.cluster, undefined, policy());
  const within = await withinReach(view, failing, places, new Map(), policy());
  const counted = api.requests.filter(({ path }) => path.startsWith("/apis/apps/v1/namespaces/")).length;
  return { ...within, counted, storm: findStorm({ ...within, wellOn: new Map(), notCounted: 0 }, policy()) };
}

describe("how many workloads there are is asked", () => {
  it("only where something fails, while that is too little for a storm whatever the others hold", async () => {
    expect(await reached(2, 300, 5)).toMatchObject({ passedOver: 298, counted: 2 * 3, storm: undefined });
  });

  it("until there are enough other namespaces that it is none", async () => {
    const { counted, passedOver, storm } = await reached(30, 600);

    expect(storm).toBeUndefined();
    expect(counted).toBe((30 + 75) * 3);
    expect(passedOver).toBe(495);
  });

  it("only where something fails, where it is a storm whatever the others hold", async () => {
    const { counted, storm } = await reached(200, 500);

    expect(counted).toBe(200 * 3);
    expect(storm).toMatchObject({ isEverywhere: true });
    expect(storm?.reason).toContain(
      "200 of 200 workloads in 200 namespaces fail at once (100 %), and none in 300 more, so nothing was touched.",
    );
    expect(storm?.reason).not.toContain("is well");
  });

  it("only where something fails, where there is no time for more, which frees no remedies", async () => {
    const { counted, storm } = await within(14_000, () => reached(30, 600));

    expect(counted).toBe(30 * 3);
    expect(storm).toMatchObject({ isEverywhere: true });
    expect(storm?.reason).toContain("30 of 30 workloads in 30 namespaces fail at once (100 %), and none in 570 more");
  });

  it("everywhere in a small cluster that has a storm, so that people are told of how many", async () => {
    const { counted, storm } = await reached(20, 40);

    expect(counted).toBe(40 * 3);
    expect(storm?.reason).toContain("20 of 40 workloads fail at once (50 %)");
  });
});

it("one list of namespaces that fails ends no storm of everything", async () => {
  const namespaces = named(20);
  const statefulSets = namespaces.flatMap((namespace) =>
    [1, 2].map((number) => statefulSet(0, { ...statusWritten(600), namespace, name: `db-${number}` })),
  );
  serve(api, { namespaces, statefulSets });
  const all = (await scanned(api)).storm;
  // The objects tell what is kept out, and the names; the rows tell the names alone.
  const rows = {
    kind: "Table",
    columnDefinitions: [{ name: "Name" }],
    rows: namespaces.map((name) => ({ cells: [name] })),
  };
  api.on("GET", "/api/v1/namespaces", FORBIDDEN, found(rows), FORBIDDEN);
  const detection = await scanned(api);
  const unnamed = await scanned(api);

  expect(all).toContain("40 of 40 workloads fail at once");
  expect(detection.status).toBe("storm");
  expect(unnamed.status).toBe("storm");
});
