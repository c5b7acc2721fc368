import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  hpa,
  imagePullPod,
  incident,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const NOT_FOUND =
  'Back-off pulling image "shop/web:2": ErrImagePull: failed to resolve reference "shop/web:2": not found';

/** Revision 2 is being rolled out and stuck; revision 1 still serves. */
const stuckRollout = {
  workload: deployment({
    template: template("shop/web:2"),
    progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
  }),
  holders: [replicaSet(2, { replicas: 1, created: ago(900) }), replicaSet(1, { available: 2, created: ago(90_000) })],
};

describe("classify", () => {
  it("rolls back to the revision that still serves when a rollout brings a crash loop", () => {
    const diagnosis = classify(evidence({ ...stuckRollout, pods: [ofRevision(2, crashingPod({}))] }), policy());

    expect(diagnosis).toMatchObject({
      cause: "CrashLoopAfterRollout",
      confidence: "high",
      remedy: {
        action: "rollback",
        before: { revision: 2, name: "web-2" },
        after: { revision: 1, name: "web-1" },
      },
    });
    expect(diagnosis.evidence).toContain("revision 1 has 2 available replicas");
    expect(diagnosis.rejected).toContainEqual({ action: "restart", reason: "the same template crashes again" });
  });

  it("rolls back a crash loop that began right after a rollout which counted as complete", () => {
    const diagnosis = classify(
      evidence({
        workload: deployment({
          template: template("shop/web:2"),
          progressing: { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(120) },
        }),
        holders: [replicaSet(2, { replicas: 2, created: ago(130) }), replicaSet(1, { created: ago(90_000) })],
        pods: [ofRevision(2, crashingPod({ restarts: 3, startedAgo: 130, endedAgo: 5 }))],
      }),
      policy(),
    );

    expect(diagnosis).toMatchObject({
      cause: "CrashLoopAfterRollout",
      confidence: "medium",
      remedy: { action: "rollback", after: { revision: 1 } },
    });
  });

  it("passes over a revision that never finished its own rollout", () => {
    const diagnosis = classify(
      evidence({
        workload: deployment({
          template: template("shop/web:3"),
          progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
        }),
        holders: [
          replicaSet(3, { replicas: 1, created: ago(900) }),
          replicaSet(2, { created: ago(90_000) }),
          replicaSet(1, { available: 2, created: ago(180_000) }),
        ],
        pods: [ofRevision(3, imagePullPod(NOT_FOUND))],
      }),
      policy(),
    );

    expect(diagnosis).toMatchObject({ cause: "ImageNotFound", remedy: { action: "rollback", after: { revision: 1 } } });
  });

  it.each([
    ["goes no further than a revision that is the same template restarted and still serves", 1, "none"],
    ["passes over a revision that is the same template restarted and never worked", 0, "rollback"],
  ])("%s", (_what, available, action) => {
    const restarted = template("shop/web:2");
    restarted.metadata = { ...restarted.metadata, annotations: { "kubectl.kubernetes.io/restartedAt": ago(900) } };
    const diagnosis = classify(
      evidence({
        workload: deployment({
          template: restarted,
          progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
        }),
        holders: [
          replicaSet(3, { template: restarted, replicas: 1, created: ago(900) }),
          replicaSet(2, { available, created: ago(1_800) }),
          replicaSet(1, { available: 1, created: ago(90_000) }),
        ],
        pods: [ofRevision(3, crashingPod({ startedAgo: 800 }))],
      }),
      policy(),
    );

    expect(diagnosis.remedy).toMatchObject(action === "rollback" ? { action, after: { revision: 1 } } : { action });
  });

  it("says why there is no earlier revision where the workload keeps none", () => {
    const keeping = (limit: number) => {
      const { workload, ...rest } = evidence({
        ...stuckRollout,
        holders: [replicaSet(2, { replicas: 2 })],
        pods: [ofRevision(2, crashingPod({ startedAgo: 60 }))],
      });
      const limited = { ...workload, spec: { ...workload?.spec, revisionHistoryLimit: limit } };
      return JSON.stringify(classify({ ...rest, workload: limited }, policy()).remedy);
    };

    expect(keeping(0)).toContain("Its revisionHistoryLimit of 0 keeps none that is replaced.");
    expect(keeping(10)).not.toContain("revisionHistoryLimit");
  });

  it("does not roll back when no earlier revision is known to have been healthy", () => {
    const diagnosis = classify(
      evidence({
        ...stuckRollout,
        holders: [replicaSet(2, { replicas: 2 })],
        pods: [ofRevision(2, crashingPod({}))],
      }),
      policy(),
    );

    expect(diagnosis.remedy).toMatchObject({ action: "none", refusal: "NoHealthyRevision" });
  });

  it("restarts the failing pods, and only those, when a long-stable workload starts to crash", () => {
    const crashing = crashingPod({ name: "web-1-bad", restarts: 2, endedAgo: 5 });
    const diagnosis = classify(evidence({ pods: [crashing, pod({ name: "web-1-good" })] }), policy());

    expect(diagnosis).toMatchObject({
      cause: "CrashLoopOfStableWorkload",
      remedy: { action: "restart", mode: "evict", pods: [{ name: "web-1-bad", uid: "web-1-bad-uid" }] },
    });
  });

  it("counts an attempt that itself ran for long as a sign of stability", () => {
    const daily = crashingPod({ restarts: 40, ranFor: 86_000, endedAgo: 5, startedAgo: 3_500_000 });

    expect(classify(evidence({ pods: [daily] }), policy()).cause).toBe("CrashLoopOfStableWorkload");
  });

  it("reports a long-stable workload that runs out of memory instead of restarting it", () => {
    const oom = crashingPod({ restarts: 2, exitCode: 137, reason: "OOMKilled" });

    expect(classify(evidence({ pods: [oom] }), policy())).toMatchObject({
      cause: "OutOfMemory",
      remedy: { action: "none", refusal: "NoSafeRemedy" },
    });
  });

  it.each([
    ["pull access denied, repository does not exist or may require authorization", "refuses the credentials"],
    ["toomanyrequests: You have reached your pull rate limit", "limits the rate"],
    ["dial tcp: lookup registry.example: no such host", "out of reach"],
    ["", "Nothing that was read says why"],
  ])("reports an image that cannot be pulled because: %s", (message, advice) => {
    const diagnosis = classify(evidence({ ...stuckRollout, pods: [imagePullPod(message)] }), policy());

    expect(diagnosis.cause).toBe("ImageNotPulled");
    expect(diagnosis.remedy).toMatchObject({
      action: "none",
      refusal: "NoSafeRemedy",
      message: expect.stringContaining(advice) as string,
    });
  });

  it("deletes leftovers of failed pods once their replacements are ready", () => {
    const evicted = pod({
      name: "web-1-evicted",
      status: { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." },
    });

    expect(classify(evidence({ pods: [evicted, pod()] }), policy()).remedy).toEqual({
      action: "restart",
      mode: "clean_up",
      pods: [{ name: "web-1-evicted", uid: "web-1-evicted-uid" }],
    });
    expect(
      classify(evidence({ pods: [evicted], workload: deployment({ status: { readyReplicas: 1 } }) }), policy()).remedy,
    ).toMatchObject({ action: "none", refusal: "MayPass" });
  });

  it("raises an HPA's maximum by a step, and never past the policy's bound", () => {
    const limited = hpa({ max: 4, current: 4, limited: "TooManyReplicas" });
    const raised = (max_replicas: number) => classify(evidence({ hpa: limited }), policy({ scale: { max_replicas } }));

    expect(raised(50)).toMatchObject({
      cause: "HpaAtMaximum",
      remedy: { action: "scale", scale: { target: "hpa", from: { min: 2, max: 4 }, to: { min: 2, max: 6 } } },
    });
    expect(raised(5).remedy).toMatchObject({ scale: { to: { max: 5 } } });
    expect(raised(4).remedy).toMatchObject({ action: "none", refusal: "LimitReached" });
  });

  it("leaves an HPA's maximum alone where it was reached with a rollout that is under way, and only then", () => {
    const limited = (since: number) =>
      hpa({ max: 4, current: 4, limited: "TooManyReplicas", limitedSince: ago(since) });
    const remedy = (since: number, reason: string) =>
      classify(
        evidence({
          hpa: limited(since),
          workload: deployment({ template: template("shop/web:2"), progressing: { status: "True", reason } }),
          holders: [
            replicaSet(2, { replicas: 1, available: 1, created: ago(400) }),
            replicaSet(1, { available: 1, created: ago(90_000) }),
          ],
        }),
        policy(),
      ).remedy;

    expect(remedy(300, "ReplicaSetUpdated")).toMatchObject({ action: "none", refusal: "MayPass" });
    expect(remedy(500, "ReplicaSetUpdated")).toMatchObject({ action: "scale" });
    expect(remedy(300, "NewReplicaSetAvailable")).toMatchObject({ action: "scale" });
  });

  it("calls nothing well that lacks replicas after a remedy in vain, though no pod fails yet", () => {
    const short = deployment({ replicas: 3, status: { readyReplicas: 2, availableReplicas: 2 } });
    const after = (triesMade: number, workload = short) => {
      const { summary, remedy } = classify(
        evidence({ workload, triesMade, tried: triesMade > 0 ? ["restart"] : [] }),
        policy(),
      );
      return `${remedy.action === "none" ? remedy.refusal : remedy.action}: ${summary}`;
    };

    expect(after(1)).toContain("MayPass: No pod of it shows a failure now, and it is not whole: 2 of 3 replicas");
    expect(after(0)).toContain("NotFailingAnymore");
    expect(after(1, deployment())).toContain("NotFailingAnymore");
  });

  it("says so when nothing fails any more", () => {
    expect(classify(evidence(), policy())).toMatchObject({
      cause: "Unknown",
      remedy: { refusal: "NotFailingAnymore" },
    });
  });
});

describe("classify, asked by a runbook", () => {
  const scaleTo = (replicas: number) => incident({ requested: { action: "scale", replicas } });

  it("writes replicas only where no HPA owns them", () => {
    expect(classify(evidence({ incident: scaleTo(5) }), policy()).remedy).toEqual({
      action: "scale",
      scale: { target: "replicas", from: 2, to: 5 },
    });
  });

  it.each([
    [5, { min: 5, max: 5 }],
    [3, { min: 3, max: 4 }],
    [1, { min: 1, max: 1 }],
  ])("asked for %i replicas under an HPA of 2 to 4, moves its bounds to %o", (replicas, to) => {
    const diagnosis = classify(evidence({ incident: scaleTo(replicas), hpa: hpa({ min: 2, max: 4 }) }), policy());

    expect(diagnosis.remedy).toMatchObject({ action: "scale", scale: { target: "hpa", from: { min: 2, max: 4 }, to } });
  });

  it("refuses more replicas than the policy allows", () => {
    expect(classify(evidence({ incident: scaleTo(51) }), policy()).remedy).toMatchObject({ refusal: "LimitReached" });
  });

  it("says that a remedy was asked for, and not by what", () => {
    const asked = incident({ failures: [], requested: { action: "scale", replicas: 4 }, origin: "person" });
    const { cause, summary } = classify(evidence({ incident: asked, workload: deployment() }), policy());

    expect({ cause, summary }).toEqual({ cause: "Requested", summary: "This remedy was asked for." });
  });

  it("rolls back to exactly the revision that was asked for, and refuses one that is not in the history", () => {
    const ask = (revision: number) =>
      classify(
        evidence({
          incident: incident({ requested: { action: "rollback", revision } }),
          workload: deployment({ template: template("shop/web:3") }),
          holders: [replicaSet(3, { available: 2 }), replicaSet(2), replicaSet(1)],
        }),
        policy(),
      ).remedy;

    expect(ask(1)).toMatchObject({ action: "rollback", before: { revision: 3 }, after: { revision: 1 } });
    expect(ask(3)).toMatchObject({ action: "none", refusal: "AlreadyAsRequested" });
    expect(ask(9)).toMatchObject({ action: "none", refusal: "NoHealthyRevision" });
  });
});
