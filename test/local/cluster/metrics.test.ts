import { describe, expect, it } from "vitest";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { parseMillicores, usageOf } from "../../../local/embedded/index.ts";
import { crashingPod, pod } from "../../support/objects.ts";

function podOf(replicaSet: string, annotations: Record<string, string> = {}, requests: string[] = []): Pod {
  return pod({
    metadata: {
      annotations,
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "ReplicaSet", name: replicaSet, uid: `${replicaSet}-uid`, controller: true },
      ],
    },
    spec: { containers: requests.map((cpu, index) => ({ name: `c${index}`, resources: { requests: { cpu } } })) },
  });
}

const usage = (...pods: Pod[]) => usageOf(pods).map(({ millicores }) => millicores);

describe("a CPU quantity", () => {
  it.each([
    ["450m", 450],
    ["0.45", 450],
    ["2", 2_000],
    ["0", 0],
  ])("of %s is %i millicores", (quantity, millicores) => {
    expect(parseMillicores(quantity)).toBe(millicores);
  });
});

describe("the simulated usage", () => {
  it("is what the pod's marker says, whatever its neighbours do", () => {
    const busy = podOf("web-1", { "simulation/cpu": "450m" }, ["100m"]);

    expect(usage(busy, busy)).toEqual([450, 450]);
  });

  it("that the pods of a controller share falls for each with every ready replica", () => {
    const sharing = podOf("web-1", { "simulation/total-cpu": "1" });

    expect(usage(sharing)).toEqual([1_000]);
    expect(usage(sharing, sharing, sharing)).toEqual([333, 333, 333]);
    expect(usage(sharing, sharing, podOf("other-1", { "simulation/total-cpu": "300m" }))).toEqual([500, 500, 300]);
  });

  it("that is shared is carried by the ready pods alone, and unready ones report none", () => {
    const annotations = { "simulation/total-cpu": "1" };
    const unready = { ...crashingPod({}), metadata: { ...podOf("web-1").metadata, annotations } };

    expect(usage(podOf("web-1", annotations), unready)).toEqual([1_000]);
  });

  it("is a tenth of what the containers request when no marker says more", () => {
    expect(usage(podOf("web-1", {}, ["100m", "0.2"]), podOf("web-1"))).toEqual([30, 0]);
  });
});

describe("workloads of one name in two namespaces", () => {
  it("do not share their load", () => {
    const total = { "simulation/total-cpu": "1" };
    const shop = podOf("web-1", total);
    const blog = podOf("web-1", total);
    blog.metadata = { ...blog.metadata, namespace: "blog" };

    expect(usage(shop, blog)).toEqual([1_000, 1_000]);
  });
});
