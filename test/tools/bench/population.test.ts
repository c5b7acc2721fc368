import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FAILURES, type FailureKind } from "../../../tools/bench/population/failures.ts";
import type { Manifest, Resource, Stored } from "../../../tools/bench/population/objects.ts";
import { countsOf, hpasOf, plan, type Size } from "../../../tools/bench/population/plan.ts";
import { objectsOf } from "../../../tools/bench/population/population.ts";
import { keyOf, scoreOf, truthOf } from "../../../tools/bench/population/truth.ts";

const SIZE: Size = {
  ...{ pods: 2_000, namespaces: 20, failing: 0.05, seed: 1 },
  built: new Date("2026-11-01T08:00:00Z"),
  now: new Date("2026-11-01T10:00:00Z"),
};

function objects(size: Partial<Size> = {}): Stored[] {
  return [...objectsOf(plan({ ...SIZE, ...size }))];
}

function of(stored: Stored[], resource: Resource): Manifest[] {
  return stored.filter((each) => each.resource === resource).map(({ object }) => object);
}

interface Owned {
  metadata: { ownerReferences?: { uid: string }[] };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

function isReady(object: Manifest): boolean {
  const { status } = object as unknown as Owned;
  return status?.conditions?.find(({ type }) => type === "Ready")?.status === "True";
}

describe("the population of the bench", () => {
  const all = objects();

  it("has as many of each kind as a cluster of that many pods", () => {
    const counts = countsOf(20_000);

    expect(counts).toMatchObject({ Deployment: 4_000, Job: 3_000 });
    expect(hpasOf(20_000)).toBe(1_200);
    expect(of(all, "deployments")).toHaveLength(400);
    expect(of(all, "replicasets").length, "the current one of each, and five old ones").toBeGreaterThanOrEqual(2_400);
    expect(Math.abs(of(all, "pods").length - 2_000), "failing runs of Jobs add a few").toBeLessThan(20);
  });

  it("is the same for the same seed, and another for another", () => {
    const text = (stored: Stored[]) => stored.map((each) => JSON.stringify(each)).join("\n");
    const small = { pods: 200 };

    expect(text(objects(small))).toBe(text(objects(small)));
    expect(text(objects({ ...small, seed: 2 }))).not.toBe(text(objects(small)));
  });

  it.each([20, 500])("names no two objects of %i namespaces alike, and gives each a UID of its own", (namespaces) => {
    const all = objects({ namespaces });
    const keys = all.map(
      ({ resource, object: { metadata } }) => `${resource}/${metadata.namespace ?? ""}/${metadata.name}`,
    );
    const uids = all.map(({ object }) => object.metadata.uid);

    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(uids).size).toBe(uids.length);
  });

  it("leads from every owned object to an owner that is there", () => {
    const uids = new Set(all.map(({ object }) => object.metadata.uid));
    const owners = all.flatMap(({ object }) => object.metadata.ownerReferences ?? []);

    expect(owners.length).toBeGreaterThan(4_000);
    expect(owners.filter(({ uid }) => !uids.has(uid))).toEqual([]);
  });

  it("does not flatter compression: the rows of its pods come down to a fourth to an eighth", () => {
    // As the API server prints and compresses them. Source: k8s.io/apiserver pkg/endpoints/handlers/responsewriters
    const rows = of(objects({ failing: 0 }), "pods").map(({ metadata, spec, status }) => {
      const { nodeName } = spec as { nodeName?: string };
      const { podIP } = status as { podIP?: string };
      const cells = [
        metadata.name,
        "2/2",
        "Running",
        "0",
        `${metadata.creationTimestamp.slice(8, 10)}d`,
        podIP,
        nodeName,
      ];
      return { cells: [...cells, "<none>", "<none>"], object: null };
    });
    const text = JSON.stringify({ kind: "Table", rows });
    const ratio = text.length / gzipSync(text, { level: 1 }).length;

    expect(ratio).toBeGreaterThan(4);
    expect(ratio).toBeLessThan(8);
  });
});

describe("what fails in the population of the bench", () => {
  const truth = truthOf(plan(SIZE));
  const all = objects();

  it("is one failure for each failing pod, in a workload of its own", () => {
    expect(truth.size).toBe(100);
    for (const { kind, namespace, name } of truth.values()) {
      const object = of(all, `${kind.toLowerCase()}s` as Resource).find(
        ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
      );
      expect(object, keyOf({ kind, namespace, name })).toBeDefined();
    }
  });

  it("has every kind of failure, where there are enough of them", () => {
    const kinds = new Set([...truthOf(plan({ ...SIZE, pods: 5_000 })).values()].map(({ failure }) => failure));

    expect([...kinds].sort()).toEqual((Object.keys(FAILURES) as FailureKind[]).sort());
  });

  it("is nothing where nothing is to fail: every pod is ready or done, and every Deployment has what it wants", () => {
    const well = objects({ failing: 0 });
    const pods = of(well, "pods").filter((pod) => (pod as unknown as Owned).status?.phase !== "Succeeded");
    const statuses = of(well, "deployments").map(({ spec, status }) => [
      (spec as { replicas: number }).replicas,
      (status as { readyReplicas: number }).readyReplicas,
    ]);

    expect(truthOf(plan({ ...SIZE, failing: 0 })).size).toBe(0);
    expect(pods.filter((pod) => !isReady(pod))).toEqual([]);
    expect(statuses.filter(([wanted, ready]) => wanted !== ready)).toEqual([]);
  });

  it("has a pod that is not ready in every workload whose failure is one of pods", () => {
    const bad = new Set(
      of(all, "pods")
        .filter((pod) => !isReady(pod))
        .map(({ metadata }) => metadata.name),
    );
    const elsewhere: FailureKind[] = ["quota", "hpa-at-maximum", "hpa-without-metrics"];
    const without = [...truth.values()].filter(({ pods }) => !pods.some((name) => bad.has(name)));

    expect(without.filter(({ failure }) => !elsewhere.includes(failure))).toEqual([]);
  });

  it("does not touch what stays well", () => {
    const before = new Map(objects({ failing: 0 }).map(({ object }) => [object.metadata.uid, JSON.stringify(object)]));
    const changed = all.filter(({ object }) => before.get(object.metadata.uid) !== JSON.stringify(object));

    expect(changed.length).toBeLessThan(600);
  });
});

describe("the score of a way", () => {
  const truth = truthOf(plan(SIZE));
  const [key = "", injected] = [...truth].find(([, { kind, pods }]) => kind === "Deployment" && pods.length > 1) ?? [];

  it("counts a workload once, by its own name or those of its pods", () => {
    const pods = (injected?.pods ?? []).map((name) =>
      keyOf({ kind: "Pod", namespace: injected?.namespace ?? "", name }),
    );

    expect(scoreOf(truth, [key, ...pods])).toMatchObject({ injected: 100, found: 1, healthyTold: [] });
  });

  it("tells what was missed, by its kind, and what is well", () => {
    const others = [...truth.keys()].filter((each) => each !== key);
    const score = scoreOf(truth, [...others, "Deployment/shop/web"]);

    expect(score.missed).toEqual({ [injected?.failure ?? ""]: 1 });
    expect(score.healthyTold).toEqual(["Deployment/shop/web"]);
  });
});
