import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { Pod, PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  imagePullPod,
  incident,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";
import { AGENT, agent, controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

const MARKED: PodTemplate = {
  metadata: { labels: { app: "web" }, annotations: { "checksum/config": "b" } },
  spec: { containers: [{ name: "app", image: "shop/web:2", envFrom: [{ configMapRef: { name: "web-config" } }] }] },
};
const BEFORE: PodTemplate = { ...MARKED, metadata: { ...MARKED.metadata, annotations: { "checksum/config": "a" } } };

/** Revision 3 is revision 2 with another checksum, and its pod fails; revision 1 served for a day. */
function restarted(failing: Pod, serving: number): Evidence {
  const old = Array.from({ length: serving }, (_, index) => ofRevision(2, pod({ name: `web-2-${index}` })));
  return evidence({
    workload: deployment({ template: MARKED, progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
    holders: [
      replicaSet(3, { template: MARKED, replicas: 1, created: ago(900) }),
      replicaSet(2, { template: BEFORE, available: serving, created: ago(90_000) }),
      replicaSet(1, { created: ago(180_000) }),
    ],
    pods: [ofRevision(3, failing), ...old],
  });
}

const crashing = crashingPod({ name: "web-3-a", startedAgo: 800 });

describe("a version that fails since it was started again", () => {
  it("is reported, with what it reads, what was marked, and how many pods from before serve", () => {
    const diagnosis = classify(restarted(crashing, 2), policy());

    expect(diagnosis).toMatchObject({
      cause: "FailsSinceRestart",
      summary: "1 pod crashes since revision 2, which was well, was started again.",
      remedy: { action: "none", refusal: "NoSafeRemedy" },
    });
    expect(diagnosis.remedy).toHaveProperty("message", expect.stringContaining("(ConfigMap web-config)"));
    expect(diagnosis.remedy).toHaveProperty("message", expect.stringContaining("2 pods from before serve on"));
    expect(diagnosis.evidence).toContain("the template is marked anew: checksum/config: b");
    expect(diagnosis.rejected.map(({ action }) => action)).toEqual(["rollback", "restart"]);
  });

  it("is told with the same where its owners keep the workflow away: nobody is to restart what serves", () => {
    const { namespace: _own, ...rest } = restarted(crashing, 2);
    const namespace = { metadata: { annotations: { "eks-remediation/enabled": "false" } } };

    const { remedy } = classify({ ...rest, namespace }, policy());
    expect(remedy).toMatchObject({ refusal: "OptedOut" });
    expect(remedy).toHaveProperty("message", expect.stringContaining("2 pods from before serve on: do not restart"));
  });

  it("is not called one that was well where it may have crashed before and counted as ready in between", () => {
    const probed: Pod = {
      ...crashing,
      spec: { containers: [{ name: "app", readinessProbe: { httpGet: { port: 80 } } }] },
      status: {
        ...crashing.status,
        conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(800) }],
      },
    };
    const unprobed = classify(restarted(crashing, 0), policy());

    expect(unprobed).toMatchObject({
      cause: "FailsSinceRestart",
      confidence: "low",
      summary: "1 pod crashes since revision 2, which counted as available for long, was started again.",
      remedy: { action: "none", message: expect.stringContaining("by its number (1)") as string },
    });
    expect(classify(restarted(probed, 0), policy()).summary).toContain("which was well");
  });

  it("is reported as well when none of its pods serves any more", () => {
    const diagnosis = classify(restarted(crashing, 0), policy());

    expect(diagnosis.cause).toBe("FailsSinceRestart");
    expect(diagnosis.remedy).toHaveProperty("message", expect.not.stringContaining("from before"));
  });

  it("is not rolled back for an image either, which was there before", () => {
    const diagnosis = classify(restarted(imagePullPod("manifest unknown"), 2), policy());

    expect(diagnosis).toMatchObject({ cause: "ImageNotFound", remedy: { action: "none" } });
    expect(diagnosis.remedy).toHaveProperty("message", expect.not.stringContaining("No earlier revision"));
  });

  it("is rolled back by a runbook only to a revision that it names", () => {
    const ask = (revision?: number) => {
      const requested = { action: "rollback" as const, ...(revision === undefined ? {} : { revision }) };
      return classify({ ...restarted(crashing, 2), incident: incident({ requested }) }, policy()).remedy;
    };

    expect(ask()).toMatchObject({
      refusal: "NoHealthyRevision",
      message: expect.stringContaining("Revision 2, which was well, runs the same") as string,
    });
    expect(ask(1)).toMatchObject({ action: "rollback", after: { revision: 1 } });
  });
});

describe("a set that was started again", () => {
  const again = template("shop/web:2");
  again.metadata = { ...again.metadata, annotations: { "kubectl.kubernetes.io/restartedAt": ago(300) } };
  const crashes = (name: string, hash: string): Pod => {
    const made = crashingPod({ name, startedAgo: 200 });
    return { ...made, metadata: { ...made.metadata, labels: { "controller-revision-hash": hash } } };
  };
  const held = (of: "db" | "agent") => [
    controllerRevision(3, { of, template: again, created: ago(300) }),
    controllerRevision(2, { of, created: ago(90_000) }),
    controllerRevision(1, { of, created: ago(180_000) }),
  ];

  it("is reported when it is a StatefulSet whose other pods serve on", () => {
    const seen = evidence({
      incident: incident({ workload: DB }),
      workload: db({ template: again, status: { updateRevision: "db-r3", updatedReplicas: 1, readyReplicas: 2 } }),
      holders: held("db"),
      pods: [dbPod(0, 2), dbPod(1, 2), crashes("db-2", "db-r3")],
    });

    expect(classify(seen, policy())).toMatchObject({ cause: "FailsSinceRestart", remedy: { action: "none" } });
  });

  it("is reported when it is a DaemonSet of which all pods are made anew", () => {
    const seen = evidence({
      incident: incident({ workload: AGENT }),
      workload: agent({ template: again, status: { numberReady: 0, numberAvailable: 0 } }),
      holders: held("agent"),
      pods: [crashes("agent-a", "r3"), crashes("agent-b", "r3")],
    });

    expect(classify(seen, policy())).toMatchObject({ cause: "FailsSinceRestart", remedy: { action: "none" } });
  });
});

describe("a rollout whose image does not exist", () => {
  const unpulled = (image: string): Evidence => {
    const present = template(image);
    present.spec?.containers.push({ name: "proxy", image: "shop/proxy:7" });
    return evidence({
      workload: deployment({ template: present, progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
      holders: [
        replicaSet(2, { template: present, replicas: 1, created: ago(900) }),
        replicaSet(1, { available: 2, created: ago(90_000) }),
      ],
      pods: [ofRevision(2, imagePullPod("manifest unknown"))],
    });
  };

  it("is rolled back to a revision that pulls another one, and not to one that pulls the same", () => {
    expect(classify(unpulled("shop/web:2"), policy()).remedy).toMatchObject({ action: "rollback" });
    expect(classify(unpulled("shop/web:1"), policy()).remedy).toMatchObject({
      action: "none",
      message: expect.stringMatching(/Revision 1 .*image.* would not help/) as string,
    });
  });
});
