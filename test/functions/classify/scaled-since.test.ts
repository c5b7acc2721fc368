import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Deployment, Pod, PodTemplate, ReplicaSet } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  imagePullPod,
  ofRevision,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const DAY = 86_400;

/** A template whose container counts as ready by a probe alone, or as soon as it runs. */
function probed(image: string, isProbed = true): PodTemplate {
  const { metadata, spec } = template(image);
  const containers = (spec?.containers ?? []).map((one) => ({
    ...one,
    ...(isProbed ? { readinessProbe: { tcpSocket: { port: 80 } } } : {}),
  }));
  return { metadata, spec: { ...spec, containers } } as PodTemplate;
}

/** Pods of revision 2 that were made so many seconds ago, and never became ready. */
function made(madeAgo: number, now: PodTemplate): Pod[] {
  return ["a", "b"].map((name) => {
    const pod = ofRevision(2, crashingPod({ name, startedAgo: madeAgo, restarts: 5 }));
    const conditions = [{ type: "Ready", status: "False", lastTransitionTime: ago(madeAgo) }];
    return { ...pod, spec: now.spec, status: { ...pod.status, conditions } } as Pod;
  });
}

interface Past {
  /** How long ago revision 2 was made, how long after that it was complete, and how long ago its replicas were set. */
  created?: number;
  took?: number;
  scaled?: number;
  generation?: number;
  now?: PodTemplate;
  pods?: Pod[];
}

/** Two weeks ago revision 2 was rolled out; its replicas were set an hour ago, and the pods that came then fail. */
function scaled({ created = 14 * DAY, took = 40, scaled = 3_600, generation = 9, ...more }: Past = {}) {
  const { now = probed("shop/web:2") } = more;
  const { pods = made(scaled - 2, now) } = more;
  const base: Deployment = deployment({
    template: now,
    progressing: { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(created - took) },
    status: { replicas: 2, updatedReplicas: 2, readyReplicas: 0, availableReplicas: 0 },
  });
  const managedFields = [{ manager: "kubectl", operation: "Update", subresource: "scale", time: ago(scaled) }];
  const present: ReplicaSet = replicaSet(2, { template: now, replicas: 2, created: ago(created) });
  return classify(
    evidence({
      workload: { ...base, metadata: { ...base.metadata, managedFields } },
      holders: [
        { ...present, metadata: { ...present.metadata, generation } },
        replicaSet(1, { template: probed("shop/web:1"), created: ago(90 * DAY) }),
      ],
      pods,
    }),
    policy(),
  );
}

describe("pods that fail since their workload was scaled, long after its rollout was complete", () => {
  it("do not condemn the revision, which may have run well before", () => {
    const diagnosis = scaled();

    expect(diagnosis).toMatchObject({ cause: "CrashLoop", remedy: { action: "none", refusal: "NoSafeRemedy" } });
    expect(diagnosis.summary).toContain("2 pods crash, and how the pods before them fared is not known");
    expect(diagnosis.evidence).toContain(
      "the rollout was complete 14 days before its replicas were set last, and how the pods fared that it had in between is not known",
    );
  });

  it("are told with what they lack, in the place of the revision before", () => {
    const { status = {} } = imagePullPod('failed to resolve reference "shop/web:2": not found');
    const pods = made(3_598, probed("shop/web:2")).map((pod) => ({ ...pod, status }));

    expect(scaled({ pods })).toMatchObject({ cause: "ImageNotFound", remedy: { action: "none" } });
  });

  it.each<[string, Past]>([
    ["it was rolled out at zero replicas, and had no pods before", { took: 0, generation: 2 }],
    ["it was scaled soon after its rollout", { created: 4_000 }],
    [
      "such pods may count as ready, so that a rollout is complete without a pod that is well",
      { now: probed("shop/web:2", false) },
    ],
  ])("are the revision's where %s", (_what, past) => {
    expect(scaled(past)).toMatchObject({
      cause: "CrashLoopAfterRollout",
      remedy: { action: "rollback", after: { revision: 1 } },
    });
  });
});
