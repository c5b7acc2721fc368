import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Pod, PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  ofRevision,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const limited = (image: string, memory: string): NonNullable<Pod["spec"]> => ({
  containers: [{ name: "app", image, resources: { limits: { memory } } }],
});
const TEMPLATE = { ...template("shop/web:2"), spec: limited("shop/web:2", "256Mi") };

/** What is told of two pods of revision 2 that crash, and that have this spec. */
function told(spec: NonNullable<Pod["spec"]>, from: PodTemplate = TEMPLATE, reason = "Error"): string[] {
  const crashing = (name: string): Pod => ofRevision(2, { ...crashingPod({ name, reason, startedAgo: 60 }), spec });
  return classify(
    evidence({
      workload: deployment({
        template: from,
        progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
      }),
      holders: [replicaSet(2, { template: from, replicas: 2, created: ago(90) })],
      pods: [crashing("web-2-a"), crashing("web-2-b")],
    }),
    policy(),
  ).evidence.filter((line) => line.includes("changed the pod"));
}

describe("of a pod that is otherwise than the template that it was made from", () => {
  it("the memory limit is told, and that of the template", () => {
    expect(told(limited("shop/web:2", "16Mi"))).toEqual([
      "container app has a memory limit of 16Mi in its pod, and 256Mi in the template of revision 2: something has changed the pod",
    ]);
  });

  it("a memory limit is told that the template does not set, of what ran out of memory", () => {
    const bare = { ...TEMPLATE, spec: { containers: [{ name: "app", image: "shop/web:2" }] } };

    expect(told(limited("shop/web:2", "16Mi"), bare)).toEqual([]);
    expect(told(limited("shop/web:2", "16Mi"), bare, "OOMKilled")).toEqual([
      "container app has a memory limit of 16Mi in its pod, and none in the template of revision 2: something has changed the pod",
    ]);
  });

  it("the image is told", () => {
    expect(told(limited("gcr.io/pause:1", "256Mi"))).toEqual([
      "container app has the image gcr.io/pause:1 in its pod, and shop/web:2 in the template of revision 2: something has changed the pod",
    ]);
  });

  it("nothing is told where both are the same, however they are written, and where the template sets none", () => {
    expect(told(limited("shop/web:2", "268435456"))).toEqual([]);
    expect(told({ containers: [{ name: "app", image: "shop/web:2" }] })).toEqual([]);
  });
});
