import { describe, expect, it } from "vitest";
import { openCase } from "../../../functions/facts/case.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { patienceWith } from "../../../functions/facts/patience.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
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
import { CANARY, rollout as argoRollout, ROLLOUT_WEB, rolloutSet, withRollouts } from "../../support/rollouts.ts";
import { asStored } from "../../../functions/kinds/workloads.ts";
import type { Rollout as ArgoRollout } from "../../../functions/kinds/argo-rollout/rollout.ts";
import { controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

const UNDER_WAY = { status: "True", reason: "ReplicaSetUpdated", lastUpdateTime: ago(5) };
const NOT_FOUND = 'failed to pull "shop/web:2": not found';
const NO_COMMAND = 'exec: "serev": executable file not found in $PATH';

interface Rollout {
  /** How long ago the present revision was made, in seconds. */
  made?: number;
  deadline?: number;
  /** How many pods of the earlier revision are available. */
  serving?: number;
  /** How many of the present one are. */
  available?: number;
  pods: Pod[];
  status?: object;
}

/** A rollout of revision 2 that its controller says makes progress, with these pods of revision 2. */
function rollout({ made = 900, deadline, serving = 2, available = 0, pods, status }: Rollout): Evidence {
  const workload = deployment({ template: template("shop/web:2"), progressing: UNDER_WAY });
  if (deadline !== undefined) Object.assign(workload.spec ?? {}, { progressDeadlineSeconds: deadline });
  Object.assign(workload.status ?? {}, {
    readyReplicas: serving + available,
    replicas: 3,
    updatedReplicas: 1,
    ...status,
  });
  return evidence({
    workload,
    holders: [
      replicaSet(2, { replicas: 1, available, created: ago(made) }),
      replicaSet(1, { available: serving, replicas: serving, created: ago(90_000) }),
    ],
    pods: [
      ...Array.from({ length: serving }, (_, index) => pod({ name: `old-${index}` })),
      ...pods.map((each) => ofRevision(2, each)),
    ],
  });
}

const patience = (seen: Evidence, rules: object = {}) => patienceWith(openCase(seen, policy(rules)));
/** A pod whose container ends after so many seconds, again and again, and is ready in between; it waits now. */
const flapping = (restarts: number, ranFor: number, startedAgo: number) =>
  crashingPod({ name: "new", restarts, ranFor, startedAgo });
const waiting = (since: number, reason: string, message: string): Pod => ({
  ...imagePullPod(message, reason),
  metadata: { name: "new", creationTimestamp: ago(since) },
  status: { ...imagePullPod(message, reason).status, startTime: ago(since) },
});
const running = (options: { name: string; readyFor: number; ended?: object; restarts?: number }) =>
  pod({
    name: options.name,
    status: {
      phase: "Running",
      startTime: ago(800),
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(options.readyFor) }],
      containerStatuses: [
        container({
          restartCount: options.restarts ?? 0,
          state: { running: { startedAt: ago(options.readyFor) } },
          ...(options.ended === undefined ? {} : { lastState: { terminated: options.ended as never } }),
        }),
      ],
    },
  });

/** A pod that runs and may take 500 s to start. */
const starting = (startedAgo: number) =>
  pod({
    name: "new",
    spec: { containers: [{ name: "app", startupProbe: { periodSeconds: 10, failureThreshold: 50 } }] },
    status: {
      phase: "Running",
      startTime: ago(startedAgo),
      conditions: [
        { type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: ago(startedAgo) },
      ],
      containerStatuses: [
        container({ ready: false, started: false, state: { running: { startedAt: ago(startedAgo) } } }),
      ],
    },
  });

describe("the patience with a rollout that its controller says makes progress", () => {
  it("ends with its deadline, counted from when its first pod began to fail", () => {
    // Nine restarts are back-offs of 10, 20, 40, 80, 160 and four times 300 s.
    expect(patience(rollout({ pods: [flapping(9, 1, 2_000)], made: 2_000 }))).toBeUndefined();
    expect(patience(rollout({ pods: [flapping(3, 1, 500)], available: 1 }))).toContain("another 9 min");
    expect(patience(rollout({ pods: [flapping(9, 1, 400)], made: 400, deadline: 500 }))).toContain("another 100 s");
    expect(patience(rollout({ pods: [flapping(9, 1, 400)], made: 400, deadline: 300 }))).toBeUndefined();
  });

  it("ends for a container that runs for so long each time that it is started again at once", () => {
    const seen = (made: number) => rollout({ pods: [flapping(3, 660, made)], made, deadline: 1_800, available: 1 });

    expect(patience(seen(1_600))).toContain("inside its progress deadline of 1800 s");
    expect(patience(seen(2_700))).toBeUndefined();
  });

  it("does not count the first end of a container that ran for long since", () => {
    expect(patience(rollout({ pods: [flapping(1, 900, 1_000)], available: 1, made: 1_000 }))).toContain(
      "another 10 min",
    );
  });

  it("begins anew with each pod that comes up to stay, and not with one that is up between two crashes", () => {
    const old = flapping(9, 1, 800);
    const up = running({ name: "up", readyFor: 100 });
    const ended = { exitCode: 1, startedAt: ago(32), finishedAt: ago(31) };
    const between = running({ name: "between", readyFor: 30, ended, restarts: 4 });

    expect(patience(rollout({ pods: [old, up], available: 1 }))).toContain("another 8 min");
    expect(patience(rollout({ pods: [old, between] }))).toBeUndefined();
  });

  it("ends that long after the revision was made, though its pods are replaced all the time, where none came up", () => {
    expect(patience(rollout({ pods: [flapping(1, 1, 20)], made: 590 }))).toContain("another 10 s");
    expect(patience(rollout({ pods: [flapping(1, 1, 20)], made: 610 }))).toBeUndefined();
    expect(patience(rollout({ pods: [flapping(1, 1, 20)], made: 610, available: 1 }))).toContain("another 10 min");
  });

  it("says no time while nothing tells when it began to fail", () => {
    const asked = rollout({ pods: [running({ name: "new", readyFor: 3 })] });

    expect(patience(asked)).toBe(
      "A rollout is under way and inside its progress deadline of 600 s; it may still succeed.",
    );
  });

  it("is for what the present revision does, not an earlier one", () => {
    const old = ofRevision(1, flapping(9, 1, 3_000));
    const seen = rollout({ pods: [], serving: 1 });

    expect(patience({ ...seen, pods: [...seen.pods, old] })).toContain("may still succeed");
  });
});

describe("the patience with a rollout that has no progress deadline", () => {
  const endless = (options: Partial<Rollout> & { pods: Pod[] }) => {
    const seen = rollout({ deadline: 2_147_483_647, ...options });
    Object.assign(seen.workload as object, {
      status: { ...(seen.workload as { status: object }).status, conditions: [] },
    });
    return seen;
  };

  it("lasts a day", () => {
    const day = 86_400;
    expect(patience(endless({ pods: [flapping(300, 1, day - 60)], made: day - 60 }))).toMatch(
      /has no progress deadline, so that it has 24 h; .* another 60 s/,
    );
    expect(patience(endless({ pods: [flapping(300, 1, day + 60)], made: day + 60 }))).toBeUndefined();
  });

  it("is none once the pods are all of the present revision and were available", () => {
    const complete = { replicas: 2, updatedReplicas: 2 };

    expect(patience(endless({ pods: [flapping(3, 1, 100)], serving: 0, status: complete }))).toBeUndefined();
  });
});

describe("the patience with a rollout that cannot succeed", () => {
  it.each<[string, (since: number) => Pod]>([
    ["an image that does not exist", (since) => waiting(since, "ImagePullBackOff", NOT_FOUND)],
    ["a command that is not in the image", (since) => waiting(since, "RunContainerError", NO_COMMAND)],
    ["a Secret that does not exist", (since) => waiting(since, "CreateContainerConfigError", 'secret "a" not found')],
    [
      "a command that the shell does not find",
      (since) => crashingPod({ exitCode: 127, restarts: 9, startedAgo: since }),
    ],
  ])("is the policy's: %s", (_what, made) => {
    const after = (since: number, rules: object = {}) => patience(rollout({ pods: [made(since)], made: since }), rules);

    expect(after(100)).toBe(
      "A rollout is under way that cannot succeed as it is; the policy leaves it alone for 120 s (detect.failed_rollout_seconds). As things stand, it is left alone for another 20 s.",
    );
    expect(after(121)).toBeUndefined();
    expect(after(121, { detect: { failed_rollout_seconds: 300 } })).toContain("for 300 s");
    // The rollout's own deadline stays the limit where it is shorter.
    expect(patience(rollout({ pods: [made(90)], made: 90, deadline: 80 }))).toBeUndefined();
  });

  it.each([
    ["a registry that is out of reach", waiting(400, "ImagePullBackOff", "dial tcp 10.0.0.1:443: i/o timeout")],
    ["a cache that is not read yet", waiting(400, "CreateContainerConfigError", "failed to sync configmap cache")],
    ["a crash", crashingPod({ restarts: 9, startedAgo: 400 })],
  ])("is the rollout's own where that may pass: %s", (_what, failing) => {
    expect(patience(rollout({ pods: [failing], made: 400 }))).toContain("inside its progress deadline of 600 s");
  });

  it("is the rollout's own where no earlier revision is known to be healthy", () => {
    const seen = rollout({ pods: [waiting(400, "ImagePullBackOff", NOT_FOUND)], made: 400, serving: 0 });

    expect(patience({ ...seen, holders: seen.holders.slice(0, 1) })).toContain("progress deadline of 600 s");
  });
});

describe("the patience with a rollout with which nothing serves", () => {
  const down = (failing: Pod, made = 60) => rollout({ pods: [failing], made, serving: 0 });

  it("is none where it crashes again and again, or cannot succeed", () => {
    expect(patience(down(crashingPod({ restarts: 2, startedAgo: 60 })))).toBeUndefined();
    expect(patience(down(waiting(5, "ErrImagePull", NOT_FOUND), 5))).toBeUndefined();
  });

  it("is the policy's where it may be a little late", () => {
    expect(patience(down(crashingPod({ restarts: 1, startedAgo: 20 }), 20))).toMatch(/nothing serves; .* for 120 s/);
    expect(patience(down(waiting(100, "CreateContainerError", "context deadline exceeded"), 100))).toContain("20 s");
    expect(patience(down(waiting(130, "CreateContainerError", "context deadline exceeded"), 130))).toBeUndefined();
  });

  it("is the rollout's own while a pod serves, of any revision, and not only between two crashes", () => {
    const failing = crashingPod({ name: "failing", restarts: 4, startedAgo: 200 });
    const ended = { exitCode: 1, startedAt: ago(82), finishedAt: ago(81) };
    const one = (other: Pod) => rollout({ pods: [failing, other], made: 200, serving: 0 });

    expect(patience(one(running({ name: "up", readyFor: 20 })))).toContain("600 s");
    expect(patience(one(running({ name: "up", readyFor: 80, ended })))).toContain("600 s");
    expect(patience(one(running({ name: "between", readyFor: 20, ended })))).toBeUndefined();
  });

  it("is the rollout's own where pods of the earlier revision fail as well", () => {
    const seen = rollout({ pods: [crashingPod({ name: "new", restarts: 4, startedAgo: 100 })], made: 100, serving: 0 });
    const old = ofRevision(1, crashingPod({ name: "old", restarts: 4, startedAgo: 9_000 }));

    expect(patience({ ...seen, pods: [...seen.pods, old] })).toContain("600 s");
  });

  it("is the rollout's own while its pods are inside the time that their startup probes allow", () => {
    expect(patience(down(starting(400), 400))).toContain("600 s");
    expect(patience(down(starting(510), 510))).toBeUndefined();
  });
});

describe("the patience with a Rollout whose new pods fail while those before are ready", () => {
  const blueGreen = (activeSelector?: string): ArgoRollout =>
    argoRollout(
      {
        ...{ ...CANARY, readyReplicas: activeSelector === "2" ? 0 : 2 },
        ...(activeSelector === undefined ? {} : { blueGreen: { activeSelector } }),
      },
      { strategy: { blueGreen: {} } },
    );
  const routed = (stable: number): ArgoRollout =>
    argoRollout(
      { ...CANARY, canary: { weights: { canary: { weight: 100 - stable }, stable: { weight: stable } } } },
      { strategy: { canary: { trafficRouting: {} } } },
    );
  const second = rolloutSet(2, 0);
  const holders = [rolloutSet(1, 2), { ...second, metadata: { ...second.metadata, creationTimestamp: ago(200) } }];
  const patienceWithPods = (object: ArgoRollout, own: Pod[] = []) =>
    withRollouts(() =>
      patience(
        evidence({
          incident: incident({ workload: ROLLOUT_WEB }),
          workload: asStored(ROLLOUT_WEB, object),
          holders,
          pods: [
            ...["a", "b"].map((name) => ofRevision(1, pod({ name: `web-1-${name}` }))),
            ...[crashingPod({ name: "web-2-a", restarts: 2, startedAgo: 60 }), ...own].map((each) =>
              ofRevision(2, each),
            ),
          ],
        }),
      ),
    );

  it("is none where all that is sent goes to the new ones", () => {
    expect(patienceWithPods(blueGreen("2"))).toBeUndefined();
    expect(patienceWithPods(routed(0))).toBeUndefined();
  });

  it("is the rollout's own where the ones before get what is sent, or one of the new ones serves", () => {
    expect(patienceWithPods(blueGreen("1"))).toContain("600 s");
    expect(patienceWithPods(blueGreen())).toContain("600 s");
    expect(patienceWithPods(routed(1))).toContain("600 s");
    expect(patienceWithPods(blueGreen("2"), [running({ name: "web-2-b", readyFor: 20 })])).toContain("600 s");
  });
});

describe("the patience with the update of a StatefulSet", () => {
  const RULES = { detect: { set_update_seconds: 600 } };
  /** An update to revision 2 that has come to its first pod, beside one that is not updated yet. */
  const update = (made: number, first: Pod, serving = true) =>
    evidence({
      incident: incident({ workload: DB }),
      workload: db({ status: { readyReplicas: serving ? 1 : 0, currentRevision: "db-r1", updateRevision: "db-r2" } }),
      holders: [controllerRevision(1, { created: ago(90_000) }), controllerRevision(2, { created: ago(made) })],
      pods: [
        { ...first, metadata: { ...dbPod(1, 2).metadata, creationTimestamp: ago(made) } },
        ...(serving ? [dbPod(0, 1)] : []),
      ],
    });

  it("is the policy's, and says for how long", () => {
    const crashing = crashingPod({ name: "db-1", restarts: 3, startedAgo: 100 });

    expect(patience(update(100, crashing), RULES)).toBe(
      "An update is under way since 100 s; the policy leaves it alone for 600 s (detect.set_update_seconds). As things stand, it is left alone for another 8 min.",
    );
    expect(patience(update(601, crashing), RULES)).toBeUndefined();
    expect(patience(update(100, crashing), { detect: { set_update_seconds: 99 } })).toBeUndefined();
  });

  it("is shorter where it cannot succeed, and none where nothing serves besides", () => {
    const missing = (since: number) => waiting(since, "ImagePullBackOff", NOT_FOUND);

    expect(patience(update(100, missing(100)), RULES)).toContain("another 20 s");
    expect(patience(update(121, missing(121)), RULES)).toBeUndefined();
    expect(patience(update(5, missing(5), false), RULES)).toBeUndefined();
    expect(patience(update(60, crashingPod({ restarts: 2, startedAgo: 60 }), false), RULES)).toBeUndefined();
  });
});

it("is none with a workload that is not being rolled out, or that is gone", () => {
  expect(patience(evidence({ pods: [crashingPod({})] }))).toBeUndefined();
  expect(patience(evidence({ workload: undefined, holders: [] }))).toBeUndefined();
});
