import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withinReach } from "../../../functions/scan/reach.ts";
import { placesToLook } from "../../../functions/scan/places.ts";
import { View } from "../../../functions/scan/view.ts";
import { within } from "../../../functions/shared/time-left.ts";
import { ApiServer } from "../../support/api-server.ts";
import { crashingPod, incident, policy, replicaSet } from "../../support/objects.ts";
import { asked, incidentsOf, scanned } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";
import { deploymentWith, hpaConditionOf, hpaWith } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** Failing pods of nobody in a namespace. */
const crowd = (number: number, namespace: string) =>
  Array.from({ length: number }, (_, index) => {
    const pod = crashingPod({ name: `crowd-${index}` });
    return { ...pod, metadata: { ...pod.metadata, namespace, ownerReferences: [] } };
  });

describe("a namespace full of failing pods", () => {
  it("is read page by page, not pod by pod", async () => {
    serve(api, { pods: crowd(1_200, "shop") });
    const detection = await scanned(api);

    expect(detection).toMatchObject({ pods_seen: 1_200, failing_pods: 1_200, unseen: [] });
    expect(asked(api).filter((path) => path.startsWith("/api/v1/namespaces/shop/pods"))).toEqual(
      Array.from({ length: 3 }, () => "/api/v1/namespaces/shop/pods"),
    );
  });

  it("is read after those of which few fail", async () => {
    const pods = [...crowd(301, "crowded"), crashingPod({ name: "web-1-crash" })];
    serve(api, { namespaces: ["crowded", "shop"], pods, replicaSets: [replicaSet(1)] });
    const detection = await scanned(api);
    const paths = asked(api);

    expect(incidentsOf(detection)).toContain("Deployment shop/web: CrashLoopBackOff");
    expect(paths.indexOf("/api/v1/namespaces/shop/pods/web-1-crash")).toBeLessThan(
      paths.indexOf("/api/v1/namespaces/crowded/pods"),
    );
  });

  it("is told as unseen where there is no time to read it", async () => {
    serve(api, {
      namespaces: ["crowded", "shop"],
      pods: [...crowd(301, "crowded"), crashingPod({ name: "web-1-crash" })],
    });
    const { unseen } = await within(14_000, () => scanned(api));

    expect(unseen).toEqual([
      {
        what: "pods in namespace shop",
        error: "TooMuchToRead",
        message: "1 of them that may fail could not be read in the time that the step has.",
      },
      {
        what: "pods in namespace crowded",
        error: "TooMuchToRead",
        message: "301 of them that may fail could not be read in the time that the step has.",
      },
    ]);
  });
});

it("what was not read of a namespace in time fails as often as what was, where it matters how many fail", async () => {
  const deployments = Array.from({ length: 40 }, (_, index) => deploymentWith({ name: `d-${index}` }));
  serve(api, { deployments });
  const view = new View(api.cluster());
  const spot = { what: "pods in namespace shop", place: "shop" };
  view.noteSuspects(spot, 40);
  view.noteUnread(spot, 30);
  const failing = deployments.slice(0, 10).map(({ metadata }) => ({
    incident: incident({ workload: { kind: "Deployment", namespace: "shop", name: metadata?.name ?? "" } }),
    pods: [],
  }));
  const places = await placesToLook(view.cluster, undefined, policy());
  const { workloads } = await withinReach(view, failing, places, new Map(), policy());

  expect(workloads).toEqual(new Map([["shop", 10]]));
});

it("large HPAs of one namespace hide nothing of the others", async () => {
  const problem = hpaWith([hpaConditionOf("AbleToScale", "False", "FailedGetScale")]);
  const large = Array.from({ length: 40 }, (_, index) => ({
    ...problem,
    metadata: { name: `large-${index}`, namespace: "crowded", annotations: { ballast: "x".repeat(1_000_000) } },
  }));
  serve(api, { namespaces: ["crowded", "shop"], hpas: [...large, problem] });
  const detection = await scanned(api);

  expect(incidentsOf(detection)).toEqual([expect.stringMatching(/ shop\/.*FailedGetScale/)]);
  expect(detection.unseen).toEqual([
    {
      what: "HPAs in namespace crowded",
      error: "TooMuchToRead",
      message: "They are too many, or too large, to be read.",
    },
  ]);
});
