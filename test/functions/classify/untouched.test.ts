import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { JOB } from "../../../functions/kinds/job/kind.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import {
  ago,
  container,
  crashingPod,
  evidence,
  hpa,
  imagePullPod,
  incident,
  pod,
  policy,
} from "../../support/objects.ts";

const CLONE_SET = { kind: "CloneSet", group: "apps.kruise.io", namespace: "shop", name: "web" };
const BARE_POD = { kind: "Pod", namespace: "shop", name: "web" };
const JOB_REF = { kind: "Job", namespace: "shop", name: "web" };

const optIn = policy({ opt_in: true });

/** Evidence about a workload of a kind that nothing is written to. */
const of = (workload: WorkloadRef, parts: Partial<Evidence>): Evidence =>
  evidence({
    ...{ incident: incident({ workload }), workload: undefined, holders: [] },
    unwritten: { makers: [], everyPod: true },
    ...parts,
  });

const missingImage = imagePullPod('Back-off pulling image "shop/web:9": ErrImagePull: shop/web:9: not found');

describe("what is of a kind that nothing is written to", () => {
  it("is told about by its cause as well, whoever keeps the workflow away", () => {
    for (const workload of [CLONE_SET, BARE_POD, JOB_REF]) {
      for (const rules of [policy(), optIn]) {
        const { remedy } = classify(of(workload, { pods: [missingImage] }), rules);
        expect(remedy, workload.kind).toMatchObject({
          message: expect.stringContaining("Push it, or deploy one that is there.") as string,
        });
      }
    }
  });

  it("is said to be touched in no case, where the policy asks for opt-in", () => {
    for (const [workload, why] of [
      [CLONE_SET, "is of a kind that nothing is written to"],
      [BARE_POD, "A bare pod: no controller would recreate it"],
      [JOB_REF, "It makes its pods by rules of its own, so nothing is written to it"],
    ] as const) {
      for (const pods of [[missingImage], [crashingPod({ startedAgo: 90 })]]) {
        const { remedy } = classify(of(workload, { pods }), optIn);
        expect(remedy).toMatchObject({ message: expect.stringContaining(why) as string });
      }
    }
  });

  it("is diagnosed where its HPA would be scaled, and the policy asks for opt-in", () => {
    const target = { apiVersion: "apps.kruise.io/v1alpha1", kind: "CloneSet", name: "web" };
    const atMaximum = hpa({ limited: "TooManyReplicas", limitedSince: ago(1_000) });
    const scaled = { ...atMaximum, spec: { ...atMaximum.spec, scaleTargetRef: target } };

    expect(classify(of(CLONE_SET, { pods: [], hpa: scaled }), optIn)).toMatchObject({
      cause: "HpaAtMaximum",
      remedy: {
        refusal: "NotOptedIn",
        message: expect.stringContaining("is of a kind that nothing is written to. Check what HPA web names") as string,
      },
    });
  });

  it("is not told to change a file of a node that may be right", () => {
    const lost = new Map([["node-1", ago(600)]]);
    const mirror = pod({
      metadata: { annotations: { "kubernetes.io/config.mirror": "1" } },
      spec: { nodeName: "node-1", containers: [] },
    });
    const { cause, remedy } = classify(of(BARE_POD, { pods: [mirror], lostNodes: lost }), policy());

    expect(cause).toBe("NodeLost");
    expect(remedy).toMatchObject({
      message: expect.stringMatching(
        /^Look at node node-1: .* what is wrong with the pod itself is mended in that/,
      ) as string,
    });
  });
});

describe("a Job that is kept away", () => {
  const failedPod = pod({
    name: "web-x",
    status: {
      phase: "Failed",
      containerStatuses: [
        container({ state: { terminated: { exitCode: 1, reason: "Error", startedAt: ago(90), finishedAt: ago(60) } } }),
      ],
    },
    metadata: { ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name: "web", uid: "1", controller: true }] },
  });
  const givenUp = {
    metadata: { name: "web", namespace: "shop" },
    status: {
      conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", lastTransitionTime: ago(60) }],
    },
  };

  it("is told about with the log to read, once it has given up", () => {
    const makers = [{ kind: JOB, object: givenUp }];
    const { cause, remedy } = classify(
      of(JOB_REF, { pods: [failedPod], unwritten: { makers, everyPod: true } }),
      optIn,
    );

    expect(cause).toBe("JobFailed");
    expect(remedy).toMatchObject({
      refusal: "NotOptedIn",
      message: expect.stringContaining("Read the log first: kubectl -n shop logs web-x --all-containers") as string,
    });
  });
});
