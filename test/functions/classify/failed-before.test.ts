import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { Deployment, Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
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

interface Situation {
  /** How long ago it became unavailable, in seconds. */
  since?: number;
  /** How long its pods may take to go, in seconds. */
  grace?: number;
  /** How long ago its template was written, in seconds, and how it is rolled out. */
  writing?: Writing;
}

interface Writing {
  ago: number;
  type: "Recreate" | "RollingUpdate";
}

/** Revision 3 came 900 s ago, and its pod crashes. Revision 2 was in place for a day before, revision 1 before that. */
function remedy(old: Pod[], { since, grace, writing, ...more }: Partial<Evidence> & Situation = {}) {
  const progressing = {
    type: "Progressing",
    status: "False",
    reason: "ProgressDeadlineExceeded",
    lastUpdateTime: ago(300),
  };
  const lastTransitionTime = since === undefined ? undefined : ago(since);
  const available =
    lastTransitionTime === undefined ? [] : [{ type: "Available", status: "False", lastTransitionTime }];
  const before = template("shop/web:2");
  if (before.spec !== undefined && grace !== undefined) before.spec.terminationGracePeriodSeconds = grace;
  const present = deployment({
    template: template("shop/web:3"),
    status: { readyReplicas: 0, availableReplicas: 0, conditions: [progressing, ...available] },
  });
  const { remedy: chosen } = classify(
    evidence({
      workload: writing === undefined ? present : writtenSo(present, writing),
      holders: [
        replicaSet(3, { template: template("shop/web:3"), replicas: 1, created: ago(900) }),
        replicaSet(2, { template: before, replicas: old.length, created: ago(87_300) }),
        replicaSet(1, { template: template("shop/web:1"), created: ago(173_700) }),
      ],
      pods: [ofRevision(3, crashingPod({ name: "web-3-a", startedAgo: 890 })), ...old.map((one) => ofRevision(2, one))],
      ...more,
    }),
    policy(),
  );
  return chosen.action === "none"
    ? `${chosen.refusal}: ${chosen.message}`
    : `${chosen.action} to ${"after" in chosen ? chosen.after.revision : ""}`;
}

/** As the API server says who has written the template, and when. */
function writtenSo({ metadata, spec, ...rest }: Deployment, { ago: seconds, type }: Writing): Deployment {
  const written = {
    manager: "kubectl-edit",
    operation: "Update",
    time: ago(seconds),
    fieldsV1: { "f:spec": { "f:template": {} } },
  };
  return {
    ...rest,
    metadata: { ...metadata, managedFields: [written] },
    ...(spec && { spec: { ...spec, strategy: { type } } }),
  };
}

/** A pod that was made so long ago, and has not been ready since. */
const unready = (name: string, made: number, since: number, more: Pod["status"] = {}): Pod =>
  pod({
    name,
    metadata: { creationTimestamp: ago(made) },
    status: {
      phase: "Running",
      startTime: ago(made),
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(since) }],
      containerStatuses: [container({ ready: false, state: { running: { startedAt: ago(made) } } })],
      ...more,
    },
  });
const ready = (name: string) => pod({ name, metadata: { creationTimestamp: ago(80_000) } });
const OLD = [unready("web-2-a", 80_000, 1_200), unready("web-2-b", 80_000, 1_200)];

describe("what failed of itself before the present revision came", () => {
  it("is left to people, though an older revision was well, too", () => {
    expect(remedy(OLD)).toBe(
      "NoSafeRemedy: Not rolled back: 2 pods of revision 2 fail as well, and began to no sooner than about 22 h after they were made, so that what fails is not the template of revision 3 alone. Look at what it depends on (a database, another service, its configuration).",
    );
    expect(remedy(OLD.slice(1))).toContain("1 pod of revision 2 fails as well");
  });

  it("is told by the workload's status where none of its pods is left", () => {
    expect(remedy([], { since: 1_200 })).toMatch(
      /^NoSafeRemedy: Not rolled back: it has been unavailable since \S+Z, about 5 min before revision 3 was made and when revision 2 had been in place for 24 h, so that what fails/,
    );
  });

  it("is no matter to whoever asks for exactly that", () => {
    const asked = incident({ requested: { action: "rollback", revision: 2 } });

    expect(remedy(OLD, { since: 1_200, incident: asked })).toBe("rollback to 2");
  });
});

describe("nothing failed of itself before", () => {
  it.each<[string, Pod[], string]>([
    ["as many pods are well", [...OLD.slice(1), ready("web-2-c")], "rollback to 2"],
    [
      "a pod is on its way out",
      OLD.map((one) => ({ ...one, metadata: { ...one.metadata, deletionTimestamp: ago(1) } })),
      "rollback to 2",
    ],
    [
      "its pods never were well",
      [unready("web-2-a", 80_000, 79_999), unready("web-2-b", 80_000, 79_999)],
      "rollback to 1",
    ],
    [
      "its pods crash as soon as they are made",
      [crashingPod({ name: "web-2-a", startedAgo: 86_000, restarts: 300 })],
      "rollback to 1",
    ],
    [
      "its node is lost",
      [unready("web-2-a", 80_000, 1_200, { phase: "Running", reason: "NodeLost" })],
      "rollback to 2",
    ],
  ])("where %s", (_what, old, chosen) => {
    expect(remedy(old)).toBe(chosen);
  });

  it.each<[string, Parameters<typeof remedy>[1]]>([
    ["when the rollout began", { since: 930 }],
    ["while its pods ended, as long as they may take", { since: 1_200, grace: 300 }],
    ["since", { since: 800 }],
  ])("where the workload became unavailable %s", (_what, state) => {
    expect(remedy([], state)).toBe("rollback to 2");
  });

  it.each<[string, "Recreate" | "RollingUpdate", number, RegExp]>([
    ["for the rollout", "Recreate", 1_202, /^rollback to 2$/],
    ["long after the template was written", "Recreate", 1_300, /^NoSafeRemedy/],
    ["before the template was written", "Recreate", 901, /^NoSafeRemedy/],
    ["while others were to stay", "RollingUpdate", 1_202, /^NoSafeRemedy/],
  ])("or it did, where its pods were taken away %s (%s)", (_what, type, written, chosen) => {
    expect(remedy([], { since: 1_200, writing: { ago: written, type } })).toMatch(chosen);
  });

  it("where pods of it are ready while others start", () => {
    expect(remedy([ready("web-2-a")], { since: 1_200 })).toBe("rollback to 2");
  });
});
