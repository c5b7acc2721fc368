import { describe, expect, it } from "vitest";
import { openCase } from "../../../functions/facts/case.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { ContainerStatus, Deployment, Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  hpa,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const PROBED: NonNullable<Pod["spec"]> = { containers: [{ name: "app", readinessProbe: {} }] };

const ready = (name: string, since: number, status: Partial<ContainerStatus> = {}): Pod =>
  pod({
    name,
    metadata: { creationTimestamp: ago(since) },
    status: {
      startTime: ago(since),
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(since) }],
      containerStatuses: [container(status)],
    },
  });

/** A pod that crashes between the moments at which it counts as ready; at this one it does. */
const flapping = (name: string): Pod =>
  ready(name, 1_600, {
    restartCount: 9,
    state: { running: { startedAt: ago(2) } },
    lastState: { terminated: { exitCode: 1, startedAt: ago(304), finishedAt: ago(302) } },
  });
const justReady = (made: Pod): Pod => ({
  ...made,
  status: { ...made.status, conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(2) }] },
});

/** Revision 3 fails; revision 2 still has pods, and revision 1 served for a day. */
function rollout(ofSecond: Pod[], available: number): Evidence {
  return evidence({
    workload: deployment({
      template: template("shop/web:3"),
      progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
    }),
    holders: [
      replicaSet(3, { replicas: 1, created: ago(900) }),
      replicaSet(2, { replicas: ofSecond.length, available, created: ago(3_600) }),
      replicaSet(1, { created: ago(90_000) }),
    ],
    pods: [
      ofRevision(3, crashingPod({ name: "web-3-a", startedAgo: 60 })),
      ...ofSecond.map((own) => ofRevision(2, own)),
    ],
  });
}

const healthyOf = (ofSecond: Pod[], available: number) =>
  openCase(rollout(ofSecond, available), policy()).healthy?.revision.revision;

describe("a revision to return to", () => {
  it("is one whose pods are ready and do not fail", () => {
    expect(healthyOf([ready("a", 3_500), ready("b", 3_500)], 2)).toBe(2);
    expect(healthyOf([ready("a", 30)], 1)).toBe(2);
  });

  it("is not one whose pods fail, however long it was there", () => {
    expect(healthyOf([crashingPod({ name: "a" }), crashingPod({ name: "b" })], 0)).toBe(1);
  });

  it("is not one whose pods count as ready for a moment between two crashes", () => {
    expect(healthyOf([justReady(flapping("a"))], 1)).toBe(1);
    expect(healthyOf([justReady(flapping("a")), crashingPod({ name: "b" })], 1)).toBe(1);
  });

  it("is one of which a pod fails while as many others have been ready for long", () => {
    expect(healthyOf([ready("a", 3_500), crashingPod({ name: "b" })], 1)).toBe(2);
    expect(healthyOf([ready("a", 3_500), crashingPod({ name: "b" }), crashingPod({ name: "c" })], 1)).toBe(1);
    expect(healthyOf([ready("a", 30), crashingPod({ name: "b" })], 1)).toBe(1);
  });

  it("is one whose last pod is on a node that is lost, unless it failed there", () => {
    const there = (made: Pod): Evidence => ({
      ...rollout([{ ...made, spec: { ...PROBED, nodeName: "node-9" } }], 0),
      lostNodes: new Map([["node-9", ago(400)]]),
    });
    const cut = {
      ...ready("a", 3_500),
      status: { ...ready("a", 3_500).status, conditions: [{ type: "Ready", status: "Unknown" }] },
    };

    expect(openCase(there(cut), policy()).healthy?.revision.revision).toBe(2);
    expect(openCase(there(crashingPod({ name: "a" })), policy()).healthy?.revision.revision).toBe(1);
  });

  it("is one whose pod was restarted after it had run well for long", () => {
    const once = ready("a", 90_000, {
      restartCount: 1,
      lastState: { terminated: { exitCode: 1, startedAt: ago(89_000), finishedAt: ago(100) } },
    });

    expect(healthyOf([justReady(once)], 1)).toBe(2);
  });

  it("is not one that was rolled out with no replicas, and never had any", () => {
    const seen = rollout([], 0);
    const [third, second, first] = seen.holders;
    const never = {
      ...second,
      metadata: { ...second?.metadata, generation: 1 },
      spec: { ...second?.spec, replicas: 0 },
    };

    expect(openCase(seen, policy()).healthy?.revision.revision).toBe(2);
    const holders = [third, never, first].filter((holder) => holder !== undefined);
    expect(openCase({ ...seen, holders }, policy()).healthy?.revision.revision).toBe(1);
  });

  it("is not one during whose time the workload was never available", () => {
    const seen = rollout([], 0);
    const unavailable = (since: number): Evidence => {
      const { status, ...workload } = seen.workload as Deployment;
      const conditions = [
        ...(status?.conditions ?? []),
        { type: "Available", status: "False", lastTransitionTime: ago(since) },
      ];
      return { ...seen, workload: { ...workload, status: { ...status, conditions } } as Deployment };
    };

    expect(openCase(unavailable(3_590), policy()).healthy?.revision.revision).toBe(1);
    expect(openCase(unavailable(2_990), policy()).healthy).toMatchObject({
      revision: { revision: 2 },
      evidence: "revision 2 was in place for 610 s before the workload became unavailable",
    });
  });
});

/** The present revision was completely rolled out an hour ago, and replaced one that served for a day. */
const complete = (pods: Pod[], workload = deployment({ template: template("shop/web:2") })): Evidence =>
  evidence({
    workload,
    holders: [replicaSet(2, { replicas: 2, created: ago(3_700) }), replicaSet(1, { created: ago(90_000) })],
    pods: pods.map((own) => ofRevision(2, own)),
  });

const neverReady = (startedAgo: number, spec = PROBED): Pod => {
  const made = crashingPod({ name: "web-2-a", startedAgo, restarts: 2 });
  const conditions = [{ type: "Ready", status: "False", lastTransitionTime: ago(startedAgo) }];
  return { ...made, spec, status: { ...made.status, conditions } };
};

describe("a rollout is to blame", () => {
  const blamed = (seen: Evidence) => openCase(seen, policy()).sinceRollout;

  it("when its pods crash from their start on, also where they were made long after it", () => {
    expect(blamed(complete([crashingPod({ startedAgo: 60, restarts: 2 })]))).toBe(true);
  });

  it("when the time that they ran was that of an init container, of a startup probe, or of another container", () => {
    const init = pod({
      status: {
        conditions: [{ type: "Ready", status: "False" }],
        initContainerStatuses: [
          container({
            name: "migrate",
            state: { terminated: { exitCode: 0, startedAt: ago(1_000), finishedAt: ago(100) } },
          }),
        ],
        containerStatuses: crashingPod({ restarts: 2 }).status?.containerStatuses ?? [],
        startTime: ago(1_010),
      },
    });
    const slow = crashingPod({ restarts: 1, ranFor: 650, startedAgo: 1_400 });
    slow.spec = { containers: [{ name: "app", startupProbe: { failureThreshold: 60, periodSeconds: 10 } }] };
    const beside = crashingPod({ restarts: 2, startedAgo: 60 });
    beside.status?.containerStatuses?.push(
      container({
        name: "proxy",
        restartCount: 1,
        lastState: { terminated: { exitCode: 1, startedAt: ago(2_000), finishedAt: ago(50) } },
      }),
    );

    expect([init, slow, beside].map((own) => blamed(complete([own])))).toEqual([true, true, true]);
  });

  it("not when they were ready for long before, nor when others of the revision have been and replaced all older ones", () => {
    expect(blamed(complete([crashingPod({ startedAgo: 3_500, restarts: 2 })]))).toBe(false);
    expect(blamed(complete([crashingPod({ startedAgo: 60, restarts: 2 }), ready("web-2-b", 3_500)]))).toBe(false);
    expect(blamed(complete([crashingPod({ startedAgo: 60, restarts: 2 }), ready("web-2-b", 30)]))).toBe(true);
  });

  it("not when it was complete for long, and what fails now would have kept it from being so", () => {
    expect(blamed(complete([neverReady(60)]))).toBe(false);
    // Without a readiness probe such a pod counts as ready between two crashes.
    expect(blamed(complete([neverReady(60, { containers: [{ name: "app" }] })]))).toBe(true);
  });

  describe("where the number of replicas was set a short while ago", () => {
    const set = (secondsAgo: number) => ({
      managedFields: [{ manager: "kubectl", subresource: "scale", time: ago(secondsAgo) }],
    });
    /** A rollout that took no time, as one at zero replicas does. */
    const atOnce = { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(3_700) };
    const scaled = (secondsAgo: number, progressing = atOnce): Evidence => {
      const metadata = set(secondsAgo);
      return complete([neverReady(60)], deployment({ template: template("shop/web:2"), metadata, progressing }));
    };
    /** How often the ReplicaSet was scaled, with its making, and what else its metadata hold. */
    const ofGeneration = (generation: number, seen: Evidence, more: object = {}): Evidence => ({
      ...seen,
      holders: seen.holders.map((holder, index) =>
        index === 0 ? { ...holder, metadata: { ...holder.metadata, ...more, generation } } : holder,
      ),
    });

    it("when there were none until then", () => {
      expect(blamed(ofGeneration(2, scaled(60)))).toBe(true);
    });

    it("not when there may have been some before, of which nothing is known", () => {
      expect(blamed(ofGeneration(4, scaled(60)))).toBe(false);
      expect(blamed(ofGeneration(2, scaled(60, { ...atOnce, lastUpdateTime: ago(3_600) })))).toBe(false);
    });

    it("not when a pod is older than that, nor where an HPA set it", () => {
      expect(blamed(ofGeneration(2, scaled(30)))).toBe(false);
      expect(blamed({ ...ofGeneration(2, scaled(60)), hpa: hpa() })).toBe(false);
    });

    it("when its ReplicaSet tells so", () => {
      const workload = deployment({ template: template("shop/web:2"), progressing: atOnce });
      const fieldsV1 = { "f:spec": { "f:replicas": {} } };
      const written = { managedFields: [{ manager: "kube-controller-manager", time: ago(61), fieldsV1 }] };

      expect(blamed(ofGeneration(2, complete([neverReady(60)], workload), written))).toBe(true);
    });
  });

  it("whatever pods of another revision did", () => {
    const seen = complete([crashingPod({ name: "web-2-a", startedAgo: 60, restarts: 2 })]);
    const old = ofRevision(1, crashingPod({ name: "web-1-a", startedAgo: 80_000, restarts: 1, ranFor: 70_000 }));

    expect(blamed({ ...seen, pods: [...seen.pods, old] })).toBe(true);
  });
});
