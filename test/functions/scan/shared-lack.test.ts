import { describe, expect, it } from "vitest";
import type { Counted } from "../../../functions/scan/extent.ts";
import { workloadKey } from "../../../functions/scan/incidents.ts";
import { together } from "../../../functions/scan/together.ts";
import { ago } from "../../support/objects.ts";

interface Options {
  reason?: string;
  image?: string;
  node?: string;
  namespace?: string;
}

/** A workload with one pod that waits with that message. */
function waiting(name: string, message: string, options: Options = {}): Counted {
  const {
    reason = "ErrImagePull",
    image = `quay.example.com/${name}:1`,
    node = "node-0",
    namespace = "shop",
  } = options;
  const workload = { kind: "Deployment", namespace, name };
  const failure = { reason, message, since: ago(600) };
  return {
    incident: { workload, failures: [{ ...failure, count: 1 }], failing_pods: 1, sample_pods: [] },
    pods: [{ name: `${name}-x`, node, workload, failures: [failure], facts: { leftover: false, image } }],
  };
}

/** Who waits for whom, and why. */
function waits(found: Counted[], failedRollouts: ReadonlySet<string> = new Set()): string[] {
  const keys = new Set(found.map(({ incident }) => workloadKey(incident.workload)));
  const bonds = together(found, keys, { serving: new Set(), failedRollouts: new Set(failedRollouts) });
  return [...bonds].map(([key, { root, why }]) => {
    return `${key.split("/").at(-1) ?? ""} > ${root.incident.workload.name}: ${why}`;
  });
}

const pull = (name: string, why: string) =>
  `failed to pull and unpack image "quay.example.com/${name}:1": failed to resolve reference "quay.example.com/${name}:1": ${why}`;
const DOWN =
  'failed to do request: Head "https://quay.example.com/v2/a/manifests/1": dial tcp 10.0.0.9:443: i/o timeout';
const FULL = "write /var/lib/containerd/io.containerd.content.v1.content/ingest/1/data: no space left on device";

describe("workloads whose images are different", () => {
  it("wait for the first of them where their registry does not answer", () => {
    const found = ["a", "b", "c"].map((name) => waiting(name, pull(name, DOWN)));
    const why = "both lack images of registry quay.example.com (the registry is out of reach)";

    expect(waits(found)).toEqual([`b > a: ${why}`, `c > a: ${why}`]);
  });

  it("wait so where the one since its rollout is among them, while its old pods serve", () => {
    const found = ["a", "b"].map((name) => waiting(name, pull(name, DOWN)));

    expect(waits(found, new Set(found.map(({ incident }) => workloadKey(incident.workload))))).toHaveLength(1);
  });

  it("wait so where it limits their pulls", () => {
    const found = ["a", "b"].map((name) => waiting(name, pull(name, "429 Too Many Requests: toomanyrequests")));

    expect(waits(found)).toEqual([
      "b > a: both lack images of registry quay.example.com (the registry limits the rate of pulls)",
    ]);
  });

  it.each<[string, Counted[]]>([
    ["each image is not there", ["a", "b"].map((name) => waiting(name, pull(name, "not found")))],
    ["each repository is closed to them", ["a", "b"].map((name) => waiting(name, pull(name, "403 Forbidden")))],
    [
      "the kubelet says no more than that it waits",
      ["a", "b"].map((name) => waiting(name, `Back-off pulling image "${name}"`)),
    ],
    [
      "their registries are two",
      ["a", "b"].map((name) => waiting(name, pull(name, DOWN), { image: `${name}.example.com/${name}:1` })),
    ],
    [
      "they are of two namespaces",
      ["a", "b"].map((name) => waiting(name, pull(name, DOWN), { namespace: `team-${name}` })),
    ],
    ["the disks of two nodes are full", ["a", "b"].map((name) => waiting(name, FULL, { node: `node-${name}` }))],
  ])("do not where %s", (_where, found) => {
    expect(waits(found)).toEqual([]);
  });

  it("wait for the first of them where the disk of their node is full, whatever finds no room on it", () => {
    const found = [waiting("a", FULL), waiting("b", `mkdir: ${FULL}`, { reason: "CreateContainerError" })];

    expect(waits(found)).toEqual(["b > a: both lack room on the disk of node node-0"]);
  });
});
