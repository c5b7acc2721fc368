import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { leftVolumes, lostVolumes } from "../../../functions/facts/lost-volumes.ts";
import { restart } from "../../../functions/remedies/restart/remedy.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import { crashingPod, deployment, evidence, incident, policy, replicaSet, WEB } from "../../support/objects.ts";

type PodSpec = NonNullable<Pod["spec"]>;
type Volume = NonNullable<PodSpec["volumes"]>[number];

function specWith(volume: Volume, mountPath: string, more: { readOnly?: boolean } = {}): PodSpec {
  return {
    containers: [{ name: "app", volumeMounts: [{ name: volume.name, mountPath, ...more }] }],
    volumes: [volume],
  };
}

const lostOf = (spec: PodSpec, template: PodSpec = spec) => lostVolumes({ spec }, { spec: template });
const onDisk = (name: string): Volume => ({ name, emptyDir: {} });

describe("what is lost with a pod", () => {
  it.each([
    ["on a volume of its own", specWith(onDisk("data"), "/var/lib/queue")],
    ["or to a claim that is made for the pod", specWith({ name: "own", ephemeral: {} }, "/own")],
    ["of limited size", specWith({ name: "spool", emptyDir: { sizeLimit: "1Gi" } }, "/spool")],
    ["whose name only begins as that of something else", specWith(onDisk("templates"), "/srv/runtime-data")],
  ])("is what was written to an emptyDir %s", (_what, spec) => {
    expect(lostOf(spec)).toEqual([spec.volumes?.[0]?.name]);
  });

  it("is what a sidecar has written", () => {
    const { volumes } = specWith(onDisk("buffer"), "/buffer");
    const sidecar = {
      name: "log",
      restartPolicy: "Always",
      volumeMounts: [{ name: "buffer", mountPath: "/buffer" }],
    };

    expect(lostOf({ containers: [{ name: "app" }], initContainers: [sidecar], ...(volumes && { volumes }) })).toEqual([
      "buffer",
    ]);
  });

  it.each([
    ["in memory", specWith({ name: "data", emptyDir: { medium: "Memory" } }, "/data")],
    ["that is called temporary", specWith(onDisk("tmp"), "/work")],
    ["that is called a cache", specWith(onDisk("nginx-cache"), "/srv")],
    ["at a place for what is temporary", specWith(onDisk("vol-1"), "/var/run/app")],
    ["that no container writes to", specWith(onDisk("config"), "/etc/app", { readOnly: true })],
    ["that nothing mounts", { containers: [{ name: "app" }], volumes: [onDisk("data")] }],
    ["that is claimed, and stays", specWith({ name: "data", persistentVolumeClaim: { claimName: "d" } }, "/data")],
  ])("is nothing on a volume %s", (_what, spec) => {
    expect(lostOf(spec)).toEqual([]);
  });

  it("is nothing on a volume that something else has added to the pod", () => {
    expect(lostOf(specWith(onDisk("istio-data"), "/var/lib/istio/data"), { containers: [{ name: "app" }] })).toEqual(
      [],
    );
  });
});

describe("what stays on the node of a pod", () => {
  const AGENT = { kind: "DaemonSet", namespace: "shop", name: "agent" };
  const onNode = (path: string, type?: string): Volume => ({
    name: "data",
    hostPath: { path, ...(type === undefined ? {} : { type }) },
  });
  const leftOf = (spec: PodSpec, workload: WorkloadRef = WEB) => leftVolumes({ spec }, { spec }, workload);

  it("is what was written to a hostPath, where the next pod may come to another node", () => {
    expect(leftOf(specWith(onNode("/srv/data"), "/data"))).toEqual(["data"]);
    expect(leftOf(specWith(onNode("/srv/data", "DirectoryOrCreate"), "/data"))).toEqual(["data"]);
    expect(leftOf(specWith(onNode("/srv/data"), "/data"), AGENT)).toEqual([]);
  });

  it.each<[string, PodSpec]>([
    ["is only read", specWith(onNode("/srv/data"), "/data", { readOnly: true })],
    ["is the node's own", specWith(onNode("/etc/ssl"), "/data")],
    ["is a socket", specWith(onNode("/srv/engine", "Socket"), "/data")],
    ["is temporary", specWith(onNode("/srv/data"), "/cache")],
    ["goes with the pod", specWith(onDisk("data"), "/data")],
  ])("is nothing that %s", (_what, spec) => {
    expect(leftOf(spec)).toEqual([]);
  });
});

describe("a restart of pods with an emptyDir", () => {
  const spec = specWith(onDisk("queue"), "/var/lib/queue");
  const failing: Pod = { ...crashingPod({ ranFor: 3_000, startedAgo: 90_000 }), spec };
  const { remedy } = classify(
    evidence({
      incident: incident(),
      workload: deployment({ template: { metadata: { labels: { app: "web" } }, spec } }),
      pods: [failing],
    }),
    policy(),
  );

  it("names also what an earlier template has", () => {
    const { remedy: ofEarlier } = classify(
      evidence({
        pods: [failing],
        holders: [replicaSet(1, { available: 2, template: { metadata: {}, spec } }), replicaSet(2)],
      }),
      policy(),
    );

    expect(ofEarlier).toMatchObject({ action: "restart", lost_volumes: ["queue"] });
  });

  it("says before and after it what is lost", () => {
    if (remedy.action !== "restart") throw new Error("It is not restarted.");
    const lost = "What was written to volume queue";

    expect(restart.words.would?.(remedy, WEB)).toBe(`Would evict 1 pod (web-1-aaaaa). ${lost} would go with the pod.`);
    expect(
      restart.words.did({ kind: "restart", mode: "evict", lost_volumes: ["queue"], pods: remedy.pods }, WEB, false),
    ).toBe(`Evicted 1 pod (web-1-aaaaa). ${lost} goes with the pod.`);
  });
});
