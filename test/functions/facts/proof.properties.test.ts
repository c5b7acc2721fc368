import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { versionHash } from "../../../functions/shared/kubernetes/template.ts";
import type { Pod, PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  imagePullPod,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const STABLE_SECONDS = 600;

/** The states in which a pod may be. */
const STATES = ["proven", "fresh", "flapping", "crashing", "unpulled", "starting"] as const;
type State = (typeof STATES)[number];

/** One revision: what it runs, how it was marked when it was started, how long it was the present one, and its pods. */
const arbitraryRevision = fc.record({
  version: fc.integer({ min: 1, max: 3 }),
  mark: fc.constantFrom("", "kubectl.kubernetes.io/restartedAt", "checksum/config", "reloader.stakater.com/from"),
  served: fc.constantFrom(20, 300, 700, 90_000),
  pods: fc.array(fc.constantFrom(...STATES), { maxLength: 3 }),
  /** Whether the controller never gave it any replicas. */
  never: fc.boolean(),
});
type Drawn = typeof arbitraryRevision extends fc.Arbitrary<infer T> ? T : never;

/** Oldest first; the last one is the present one, of which a pod fails. */
const arbitraryHistory = fc.record({
  earlier: fc.array(arbitraryRevision, { minLength: 1, maxLength: 4 }),
  present: fc.record({ version: fc.integer({ min: 1, max: 3 }), age: fc.constantFrom(30, 900, 5_000) }),
  complete: fc.boolean(),
});
type History = typeof arbitraryHistory extends fc.Arbitrary<infer T> ? T : never;

function templateOf(version: number, mark: string, index: number): PodTemplate {
  const made = template(`shop/web:${version}`);
  return mark === "" ? made : { ...made, metadata: { ...made.metadata, annotations: { [mark]: `${index}` } } };
}

function podIn(state: State, name: string): Pod {
  switch (state) {
    case "proven":
      return pod({ name });
    case "fresh":
      return readySince(name, 20, {});
    case "flapping":
      return readySince(name, 2, {
        restartCount: 2,
        lastState: { terminated: { exitCode: 1, startedAt: ago(24), finishedAt: ago(22) } },
      });
    case "crashing":
      return crashingPod({ name, startedAgo: 60 });
    case "unpulled":
      return named(imagePullPod("manifest unknown"), name);
    case "starting":
      return pod({
        name,
        status: {
          phase: "Pending",
          conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(2) }],
          containerStatuses: [],
        },
      });
  }
}

function readySince(name: string, seconds: number, status: Parameters<typeof container>[0]): Pod {
  const conditions = [{ type: "Ready", status: "True", lastTransitionTime: ago(seconds) }];
  return pod({
    name,
    metadata: { creationTimestamp: ago(60) },
    status: { startTime: ago(60), conditions, containerStatuses: [container(status)] },
  });
}

function named(made: Pod, name: string): Pod {
  return { ...made, metadata: { ...made.metadata, name, uid: `${name}-uid` } };
}

function build({ earlier, present, complete }: History): Evidence {
  let created = present.age;
  const drawn = earlier.toReversed().map((revision, index) => {
    created += revision.served;
    return { ...revision, number: earlier.length - index, created };
  });
  const now = earlier.length + 1;
  const presentTemplate = templateOf(present.version, "", now);
  const holders = drawn.map(({ number, version, mark, pods, never, created: since }) => {
    const isUp = (state: State) => state === "proven" || state === "fresh" || state === "flapping";
    const set = replicaSet(number, {
      template: templateOf(version, mark, number),
      replicas: pods.length,
      available: pods.filter(isUp).length,
      created: ago(since),
    });
    if (!never || pods.length > 0) return set;
    return { ...set, metadata: { ...set.metadata, generation: 1 }, spec: { selector: {}, ...set.spec, replicas: 0 } };
  });
  const pods = drawn.flatMap(({ number, pods: states }) =>
    states.map((state, index) => ofRevision(number, podIn(state, `web-${number}-${index}`))),
  );
  const failing = ofRevision(now, crashingPod({ name: `web-${now}-x`, startedAgo: Math.min(60, present.age) }));
  return evidence({
    workload: deployment({
      template: presentTemplate,
      progressing: complete
        ? { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(present.age) }
        : { status: "False", reason: "ProgressDeadlineExceeded" },
    }),
    holders: [replicaSet(now, { template: presentTemplate, replicas: 1, created: ago(present.age) }), ...holders],
    pods: [failing, ...pods],
  });
}

/** The revision of that number, as it was drawn. */
function drawnOf({ earlier }: History, revision: number): Drawn | undefined {
  return earlier[revision - 1];
}

function isBad(state: State): boolean {
  return state === "flapping" || state === "crashing" || state === "unpulled";
}

const RUNS = { numRuns: 5_000 };

/** Checks what every rollback of a drawn history must be; at least some histories have to end in one. */
function everyRollback(check: (drawn: History, to: number, seen: Evidence) => void): void {
  let rollbacks = 0;
  fc.assert(
    fc.property(arbitraryHistory, (drawn) => {
      const seen = build(drawn);
      const { remedy } = classify(seen, policy({ stable_seconds: STABLE_SECONDS }));
      if (remedy.action !== "rollback") return;
      rollbacks++;
      check(drawn, remedy.after.revision, seen);
    }),
    RUNS,
  );
  expect(rollbacks).toBeGreaterThan(RUNS.numRuns / 20);
}

describe("no history ever leads to a rollback", () => {
  it("to a revision more of whose pods fail than have been ready for long", () => {
    everyRollback((drawn, to) => {
      const pods = drawnOf(drawn, to)?.pods ?? [];
      expect(pods.filter(isBad).length).toBeLessThanOrEqual(pods.filter((state) => state === "proven").length);
    });
  });

  it("to a revision that has no ready pods, unless it served for long and replaced all that came before", () => {
    everyRollback((drawn, to) => {
      const target = drawnOf(drawn, to);
      if (target?.pods.some((state) => state === "proven" || state === "fresh") === true) return;
      expect(target?.served).toBeGreaterThanOrEqual(STABLE_SECONDS);
      expect(target?.never === true && target.pods.length === 0).toBe(false);
      expect(drawn.earlier.slice(0, to - 1).flatMap(({ pods }) => pods)).toEqual([]);
    });
  });

  it("to the present version, nor past a revision of it that serves", () => {
    everyRollback((drawn, to) => {
      const version = (revision: Drawn, index: number) =>
        versionHash(templateOf(revision.version, revision.mark, index));
      const present = versionHash(templateOf(drawn.present.version, "", 0));
      drawn.earlier.slice(to - 1).forEach((revision, index) => {
        if (version(revision, to + index) !== present) return;
        expect(index, "the target itself").toBeGreaterThan(0);
        const serves =
          revision.pods.length > 0 && revision.pods.every((state) => state === "proven" || state === "fresh");
        expect(serves, `revision ${to + index}`).toBe(false);
      });
    });
  });
});
