import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import { ago, crashingPod, deployment, evidence, ofRevision, policy, replicaSet } from "../../support/objects.ts";

const sized = (image: string, memory?: string): PodTemplate => ({
  metadata: { labels: { app: "web" } },
  spec: {
    containers: [{ name: "app", image, ...(memory === undefined ? {} : { resources: { limits: { memory } } }) }],
  },
});

/** A pod of revision 2 ran for 1,000 s, and then out of memory. */
function told(then: PodTemplate, now: PodTemplate, madeAgo = 1_100, made = now) {
  const killed = crashingPod({ reason: "OOMKilled", exitCode: 137, restarts: 1, startedAgo: 1_090, ranFor: 1_000 });
  const complete = { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(1_080) };
  return classify(
    evidence({
      workload: deployment({ template: now, progressing: complete }),
      holders: [
        replicaSet(2, { template: now, replicas: 1, created: ago(madeAgo) }),
        replicaSet(1, { template: then, created: ago(180_000) }),
      ],
      pods: [ofRevision(2, { ...killed, spec: made.spec ?? { containers: [] } })],
    }),
    policy(),
  );
}

describe("what runs out of memory long after a rollout", () => {
  it.each<[string, PodTemplate, PodTemplate, string]>([
    [
      "a lower limit",
      sized("shop/web:1", "512Mi"),
      sized("shop/web:2", "256Mi"),
      "revision 2, made 18 min ago, gave container app a lower memory limit, 256Mi in the place of 512Mi",
    ],
    [
      "a limit where there was none",
      sized("shop/web:1"),
      sized("shop/web:1", "256Mi"),
      "revision 2, made 18 min ago, gave container app a memory limit, 256Mi, which its template did not set before",
    ],
    [
      "another image",
      sized("shop/web:1", "256Mi"),
      sized("shop/web:2", "0.25Gi"),
      "revision 2, made 18 min ago, gave container app another image, shop/web:2 in the place of shop/web:1",
    ],
  ])("is told with the rollout that brought %s", (_what, then, now, line) => {
    const diagnosis = told(then, now);

    expect(diagnosis).toMatchObject({ cause: "OutOfMemory", remedy: { action: "none" } });
    expect(diagnosis.evidence).toContain(line);
    expect(JSON.stringify(diagnosis.remedy)).toContain(
      `Look first at the newest rollout: ${line}. Compare the memory limit`,
    );
  });

  it("is told without a limit that something else has replaced in its pods", () => {
    const [then, now, made] = [sized("shop/web:1", "512Mi"), sized("shop/web:2", "256Mi"), sized("shop/web:2", "2Gi")];

    const said = JSON.stringify(told(then, now, 1_100, made).remedy);
    expect(said).toContain("gave container app another image");
    expect(said).not.toContain("lower memory limit");
  });

  it.each<[string, PodTemplate, PodTemplate, number]>([
    ["raised the limit", sized("shop/web:1", "256Mi"), sized("shop/web:1", "512Mi"), 1_100],
    [
      "changed neither",
      sized("shop/web:1", "256Mi"),
      { ...sized("shop/web:1", "256Mi"), metadata: { labels: { app: "web", a: "b" } } },
      1_100,
    ],
    ["is older than a day", sized("shop/web:1", "512Mi"), sized("shop/web:2", "256Mi"), 90_000],
  ])("is told without a rollout that %s", (_what, then, now, madeAgo) => {
    const diagnosis = told(then, now, madeAgo);

    expect(diagnosis.cause).toBe("OutOfMemory");
    expect(JSON.stringify(diagnosis)).not.toContain("gave container");
  });
});
