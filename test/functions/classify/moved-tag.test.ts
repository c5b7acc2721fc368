import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import type { Pod, PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  incident,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const [OLD, NEW] = ["a", "b"].map((digit) => `registry.example/shop/web@sha256:${digit.repeat(64)}`) as [
  string,
  string,
];

/** The template of an image, built at some commit. */
function built(image: string, commit: string): PodTemplate {
  const made = template(image);
  return { ...made, spec: { containers: [{ name: "app", image, env: [{ name: "COMMIT", value: commit }] }] } };
}

const running = (imageID: string, made: Pod): Pod => ({
  ...made,
  status: {
    ...made.status,
    containerStatuses: (made.status?.containerStatuses ?? []).map((status) => ({ ...status, imageID })),
  },
});
const serving = (imageID: string, name: string) => ofRevision(1, running(imageID, pod({ name })));

function decided(
  { before = "shop/web:latest", now = "shop/web:latest" },
  failing: string,
  others: Pod[],
  about: Partial<Incident> = {},
): string {
  const present = built(now, "2");
  const { remedy } = classify(
    evidence({
      incident: incident(about),
      workload: deployment({ template: present, progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
      holders: [
        replicaSet(2, { template: present, replicas: 1, created: ago(900) }),
        replicaSet(1, { template: built(before, "1"), available: 2, created: ago(90_000) }),
      ],
      pods: [ofRevision(2, running(failing, crashingPod({ startedAgo: 800 }))), ...others],
    }),
    policy(),
  );
  return remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action;
}

describe("a way back by a tag that stands for another image by now", () => {
  it("is left to people, with the digest of the image that ran well", () => {
    const said = decided({}, NEW, [serving(OLD, "web-1-a"), serving(OLD, "web-1-b")]);

    expect(said).toContain(
      "NoSafeRemedy: Not rolled back: revision 1 names the same image for container app (shop/web:latest)",
    );
    expect(said).toContain(`Deploy the earlier image by its digest (${OLD})`);
  });

  it.each<[string, Parameters<typeof decided>]>([
    ["that runs well with the earlier template", [{}, NEW, [serving(OLD, "web-1-a"), serving(NEW, "web-1-b")]]],
    ["where both run the same", [{}, OLD, [serving(OLD, "web-1-a")]]],
    ["where the tags differ", [{ now: "shop/web:2" }, NEW, [serving(OLD, "web-1-a")]]],
    ["where no pod is left that shows what ran", [{}, NEW, []]],
    ["where the kubelet names no digest", [{}, "sha256:0123", [serving(OLD, "web-1-a")]]],
    [
      "that somebody has asked for",
      [{}, NEW, [serving(OLD, "web-1-a")], { requested: { action: "rollback", revision: 1 } }],
    ],
  ])("is one %s", (_what, args) => {
    expect(decided(...args)).toBe("rollback");
  });
});
