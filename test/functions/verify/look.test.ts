import { describe, expect, it } from "vitest";
import type { Remedy, WorkloadRun } from "../../../functions/run/contracts.ts";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import type { Beginning } from "../../../functions/run/begin-remedy.ts";
import { lookWhatWasDone } from "../../../functions/verify/look.ts";
import type { WorkloadState } from "../../../functions/facts/state.ts";
import { ago, deployment, hpa, NOW, pod, policy, template } from "../../support/objects.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";

const [OLD, NEW] = ["shop/web:1", "shop/web:2"].map((image, index) => ({
  revision: index + 1,
  kind: "ReplicaSet" as const,
  name: `web-${index + 1}`,
  template: templateHash(template(image)),
})) as [never, never];
const pods = ["a", "b", "c"].map((name) => ({ name, uid: `${name}-uid` }));

const RESTART: Remedy = { action: "restart", mode: "evict", pods };
const ROLLBACK: Remedy = { action: "rollback", before: NEW, after: OLD, unblocked: pods.slice(0, 1) };
const BOUNDS: Remedy = {
  action: "scale",
  scale: { target: "hpa", name: "web", from: { min: 2, max: 4 }, to: { min: 2, max: 6 } },
};
const REPLICAS: Remedy = { action: "scale", scale: { target: "replicas", from: 2, to: 5 } };

function state(overrides: Partial<WorkloadState> = {}): WorkloadState {
  return {
    kind: DEPLOYMENT,
    workload: deployment(),
    pods: [],
    controllers: [],
    hpa: undefined,
    others: [],
    ...overrides,
  };
}

/** What is found after the remedy's step has ended with an error. */
function look(
  remedy: Remedy,
  seen: WorkloadState,
  overrides: Partial<WorkloadRun> = {},
  beginning: Beginning = "begun",
) {
  const remedy_error = { Error: "Forbidden", Cause: '{"errorMessage": "Grant this verb."}' };
  const run = claimedRun({ diagnosis: diagnosis({ remedy }), remedy_error, ...overrides });
  return lookWhatWasDone(run, seen, beginning, policy(), NOW);
}

describe("a look at what a failed step did", () => {
  it("finds the pods that are gone or going, and leaves the others out of the change", () => {
    const left = [
      pod({ name: "b", metadata: { uid: "b-uid", deletionTimestamp: ago(1) } }),
      pod({ name: "c", metadata: { uid: "c-uid" } }),
    ];

    expect(look(RESTART, state({ pods: left }))).toMatchObject({
      status: "applied",
      message: "2 pods of those to be replaced are gone. Its step ended with Forbidden: Grant this verb.",
      change: { kind: "restart", mode: "evict", pods: pods.slice(0, 2) },
    });
  });

  it("takes nothing for its work that had not begun: somebody else has put the earlier template back", () => {
    const seen = state({ workload: deployment({ template: template("shop/web:1") }) });

    expect(look(ROLLBACK, seen, {}, "not begun")).toMatchObject({
      status: "failed",
      message: "The remedy was not applied. Its step ended with Forbidden: Grant this verb.",
    });
  });

  it("finds the earlier template in place, and the pods that gave way", () => {
    expect(look(ROLLBACK, state({ workload: deployment({ template: template("shop/web:1") }) }))).toMatchObject({
      status: "applied",
      change: { kind: "rollback", before: NEW, after: OLD, unblocked: pods.slice(0, 1) },
    });
  });

  it("finds an HPA's moved bounds, and a Deployment's replicas", () => {
    expect(look(BOUNDS, state({ hpa: hpa({ min: 2, max: 6 }) }))).toMatchObject({ status: "applied" });
    expect(look(REPLICAS, state({ workload: deployment({ replicas: 5 }) }))).toMatchObject({ status: "applied" });
  });

  it("gives what it found the time that any remedy gets, so that it is verified", () => {
    const { wait_seconds, deadline } = look(REPLICAS, state({ workload: deployment({ replicas: 5 }) }));

    expect(wait_seconds).toBe(policy().verify.interval_seconds);
    expect(Date.parse(deadline)).toBeGreaterThan(NOW.getTime());
  });

  it.each<[string, Remedy, WorkloadState]>([
    [
      "all pods are there",
      RESTART,
      state({ pods: pods.map((target) => pod({ name: target.name, metadata: target })) }),
    ],
    [
      "the template is the one that was there",
      ROLLBACK,
      state({ workload: deployment({ template: template("shop/web:2") }) }),
    ],
    [
      "the template is somebody else's",
      ROLLBACK,
      state({ workload: deployment({ template: template("shop/web:3") }) }),
    ],
    ["the bounds are as they were", BOUNDS, state({ hpa: hpa({ min: 2, max: 4 }) })],
    ["the HPA is gone", BOUNDS, state()],
    ["the replicas are as they were", REPLICAS, state()],
  ])("finds nothing when %s", (_what, remedy, seen) => {
    const found = look(remedy, seen);

    expect(found).toMatchObject({ status: "failed" });
    expect(found.change).toBeUndefined();
  });

  it("does not say that nothing was applied where the step was stopped, and others came before the look", () => {
    const seen = state({ workload: deployment({ template: template("shop/web:3") }) });
    const { message } = look(ROLLBACK, seen, { remedy_error: undefined });

    expect(message).toBe(
      "Nothing is to be seen of the rollback, which had begun: it had written nothing yet, or others have changed that since. Its step was stopped.",
    );
    expect(look(ROLLBACK, seen, { remedy_error: undefined }, "not begun").message).toContain(
      "The remedy was not applied.",
    );
  });

  it("says what is not known where the claim was lost, whatever is to be seen", () => {
    const stopped = { remedy_error: undefined };
    const theirs = state({ workload: deployment({ template: template("shop/web:3") }) });
    const done = state({ workload: deployment({ template: template("shop/web:1") }) });

    expect(look(ROLLBACK, theirs, stopped, "not known").message).toBe(
      "Nothing is to be seen of the rollback. Whether it had begun is not known: the claim that would tell is lost. Its step was stopped.",
    );
    expect(look(ROLLBACK, done, stopped, "not known")).toMatchObject({
      status: "applied",
      message: expect.stringContaining("it is not known whether this execution did that") as string,
    });
  });

  it("does not say that the remedy had begun where its step ended with an error, and nothing is to be seen of it", () => {
    expect(look(ROLLBACK, state({ workload: deployment({ template: template("shop/web:2") }) })).message).toBe(
      "The remedy was not applied. Its step ended with Forbidden: Grant this verb.",
    );
  });

  it("says whether what it found can be undone", () => {
    expect(look(RESTART, state()).undo).toBe("cannot be undone");
    expect(look(REPLICAS, state({ workload: deployment({ replicas: 5 }) })).undo).toBe("can be undone");
  });

  it("never takes what somebody else did for the work of a dry run", () => {
    expect(look(RESTART, state(), { dry_run: true })).toMatchObject({ status: "failed" });
  });
});
