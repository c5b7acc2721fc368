import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import type { Deployment, Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  hpa,
  incident,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

/** A pod whose container waits for this reason. */
const waitingPod = (reason: string, message = ""): Pod =>
  pod({
    status: {
      phase: "Pending",
      conditions: [
        { type: "PodScheduled", status: "True", lastTransitionTime: ago(3_500) },
        { type: "Ready", status: "False", lastTransitionTime: ago(3_500) },
      ],
      containerStatuses: [container({ ready: false, state: { waiting: { reason, message } } })],
    },
  });

const conditioned = (condition: { type: string; status: string; reason?: string; message?: string }): Pod =>
  pod({
    status: {
      phase: condition.type === "PodScheduled" ? "Pending" : "Running",
      conditions: [{ ...condition, lastTransitionTime: ago(3_500) }],
      containerStatuses:
        condition.type === "PodScheduled"
          ? []
          : [container({ ready: false, state: { running: { startedAt: ago(3_500) } } })],
    },
  });

/** One pod for each row, with the remedies that the row forbids. */
const ROWS: Record<string, { made: () => Pod; never: string[] }> = {
  crash: { made: () => crashingPod({}), never: [] },
  oom: { made: () => crashingPod({ reason: "OOMKilled", exitCode: 137 }), never: [] },
  missingImage: { made: () => waitingPod("ImagePullBackOff", "manifest unknown"), never: ["restart"] },
  rateLimited: { made: () => waitingPod("ErrImagePull", "toomanyrequests"), never: ["restart", "rollback"] },
  unauthorized: { made: () => waitingPod("ErrImagePull", "denied"), never: ["restart", "rollback"] },
  invalidName: { made: () => waitingPod("InvalidImageName"), never: ["restart"] },
  neverPull: { made: () => waitingPod("ErrImageNeverPull"), never: ["restart"] },
  registry: { made: () => waitingPod("RegistryUnavailable"), never: ["restart", "rollback"] },
  signature: { made: () => waitingPod("SignatureValidationFailed"), never: ["restart", "rollback"] },
  config: { made: () => waitingPod("CreateContainerConfigError", 'secret "s" not found'), never: ["restart"] },
  notCreated: { made: () => waitingPod("CreateContainerError"), never: [] },
  creating: { made: () => waitingPod("ContainerCreating"), never: ["restart", "rollback"] },
  unready: { made: () => conditioned({ type: "Ready", status: "False", reason: "ContainersNotReady" }), never: [] },
  unschedulable: {
    made: () => conditioned({ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes" }),
    never: ["restart"],
  },
  gated: {
    made: () => conditioned({ type: "PodScheduled", status: "False", reason: "SchedulingGated" }),
    never: ["restart", "rollback", "scale"],
  },
  evicted: { made: () => pod({ status: { phase: "Failed", reason: "Evicted" } }), never: ["rollback", "scale"] },
  onLostNode: {
    made: () => ({
      ...conditioned({ type: "Ready", status: "False", reason: "ContainersNotReady" }),
      spec: { nodeName: "gone", containers: [] },
    }),
    never: ["restart", "rollback", "scale"],
  },
  nodeLost: { made: () => pod({ status: { reason: "NodeLost" } }), never: ["restart", "rollback", "scale"] },
  terminating: {
    made: () => pod({ metadata: { deletionTimestamp: ago(3_000), finalizers: ["a/b"] } }),
    never: ["restart", "rollback", "scale"],
  },
};

const arbitraryEvidence = fc.record({
  // Half of them are rows that may be restarted, so that others often fail beside these.
  rows: fc.uniqueArray(
    fc.oneof(fc.constantFrom("crash", "notCreated", "unready"), fc.constantFrom(...Object.keys(ROWS))),
    { minLength: 1, maxLength: 3 },
  ),
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constant("Deployment") },
    { weight: 1, arbitrary: fc.constantFrom("StatefulSet", "DaemonSet", "Pod", "Job", "Rollout") },
  ),
  onPresentRevision: fc.boolean(),
  progressing: fc.constantFrom(
    { status: "False", reason: "ProgressDeadlineExceeded" },
    { status: "True", reason: "ReplicaSetUpdated" },
    { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(60) },
    { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(90_000) },
  ),
  /** How long ago the present revision was made: so long that no deadline is over, or longer than each. */
  made: fc.constantFrom(60, 900),
  healthyBefore: fc.boolean(),
  paused: fc.boolean(),
  limitedHpa: fc.boolean(),
  tried: fc.constantFrom([], ["restart"] as const),
});
type Drawn = typeof arbitraryEvidence extends fc.Arbitrary<infer T> ? T : never;

function build({
  rows,
  kind,
  onPresentRevision,
  progressing,
  made: madeAgo,
  healthyBefore,
  paused,
  limitedHpa,
  tried,
}: Drawn): Evidence {
  const workload =
    kind === "Deployment" ? deployment({ template: template("shop/web:2"), progressing, paused }) : undefined;
  return evidence({
    incident: incident({ workload: { kind, namespace: "shop", name: "web" } }),
    workload: kind === "StatefulSet" || kind === "DaemonSet" ? deployment() : workload,
    pods: rows.map((row, index) => {
      const made = ROWS[row]?.made() ?? pod();
      made.metadata = { ...made.metadata, name: `${row}-${index}`, uid: `${row}-${index}-uid` };
      return ofRevision(onPresentRevision ? 2 : 1, made);
    }),
    holders: [
      replicaSet(2, { replicas: 2, created: ago(madeAgo) }),
      replicaSet(1, { available: healthyBefore ? 2 : 0, created: ago(healthyBefore ? 90_000 : madeAgo + 1) }),
    ],
    hpa: limitedHpa ? hpa({ max: 4, current: 4, limited: "TooManyReplicas" }) : undefined,
    lostNodes: new Map([["gone", ago(3_000)]]),
    tried: [...tried],
  });
}

const RUNS = { numRuns: 5_000 };

describe("no evidence ever leads to", () => {
  it("a remedy that one of its failures forbids, for the pods that show it", () => {
    fc.assert(
      fc.property(arbitraryEvidence, (drawn) => {
        const { remedy } = classify(build(drawn), policy());
        const only = drawn.rows.length === 1 ? (ROWS[drawn.rows[0] ?? ""]?.never ?? []) : [];
        expect(drawn.limitedHpa && remedy.action === "scale" ? [] : only).not.toContain(remedy.action);
        if (remedy.action !== "restart") return;
        // A restart never reaches a pod whose own failure forbids it, whatever fails beside it.
        for (const { name } of remedy.pods) {
          expect(ROWS[name.replace(/-\d+$/, "")]?.never, name).not.toContain("restart");
        }
      }),
      RUNS,
    );
  });

  it("any action on what nothing recreates, or on what is not known", () => {
    fc.assert(
      fc.property(arbitraryEvidence, (drawn) => {
        fc.pre(["Pod", "Job", "Rollout"].includes(drawn.kind));
        expect(classify(build(drawn), policy()).remedy.action).toBe("none");
      }),
      RUNS,
    );
  });

  it("any action on what is kept away, of whatever kind it is", () => {
    const keepingAway = [policy({ opt_in: true }), policy({ namespaces: { deny: ["shop"] } })];
    fc.assert(
      fc.property(arbitraryEvidence, fc.constantFrom(...keepingAway), (drawn, rules) => {
        const { remedy } = classify(build(drawn), rules);
        expect(remedy.action).toBe("none");
        if (remedy.action === "none" && drawn.kind === "Pod")
          expect(remedy.message).not.toMatch(/[Ww]ould (restart|roll)/);
      }),
      RUNS,
    );
  });

  it("a rollback of a paused rollout, of one inside its deadline, or to a template that is not known to be healthy", () => {
    fc.assert(
      fc.property(arbitraryEvidence, (drawn) => {
        const seen = build(drawn);
        const { remedy } = classify(seen, policy());
        if (remedy.action !== "rollback") return;
        expect(drawn).toMatchObject({ healthyBefore: true, paused: false, onPresentRevision: true });
        if (drawn.progressing.reason === "ReplicaSetUpdated") expect(drawn.made).toBe(900);
        const present = (seen.workload as Deployment).spec?.template;
        expect(remedy.after.template).not.toBe(present === undefined ? "" : templateHash(present));
      }),
      RUNS,
    );
  });

  it("the same action again after it was tried in vain, or any action that the policy leaves to people", () => {
    fc.assert(
      fc.property(arbitraryEvidence, (drawn) => {
        const seen = build(drawn);
        expect(drawn.tried as readonly string[]).not.toContain(classify(seen, policy()).remedy.action);
        const leftToPeople = policy({ actions: { restart: "diagnose", rollback: "off", scale: "diagnose" } });
        expect(classify(seen, leftToPeople).remedy.action).toBe("none");
      }),
      RUNS,
    );
  });
});
