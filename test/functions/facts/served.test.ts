import { describe, expect, it } from "vitest";
import { openCase } from "../../../functions/facts/case.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import {
  ago,
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

const UNPULLED = ofRevision(2, imagePullPod("manifest unknown"));
/** Of the present revision, made a second after it, and ready for that many seconds before each end. */
const heldOutFor = (seconds: number) => {
  const made = crashingPod({ name: "web-2-a", startedAgo: 299, restarts: 1, ranFor: seconds, endedAgo: 20 });
  return ofRevision(2, { ...made, spec: { containers: [{ name: "app" }] } });
};

interface Told {
  unavailableSince?: number;
  gone?: KubernetesEvent[];
  scaledAgo?: number;
}

/** Revision 1 was there for a short while until revision 2 came, 300 s ago, whose pod fails. Neither has another pod. */
function replaced(lead: number, pods = [UNPULLED], { unavailableSince, gone, scaledAgo }: Told = {}): Evidence {
  const progressing = { type: "Progressing", status: "True", reason: "ReplicaSetUpdated", lastUpdateTime: ago(290) };
  const lastTransitionTime = unavailableSince === undefined ? undefined : ago(unavailableSince);
  const available =
    lastTransitionTime === undefined ? [] : [{ type: "Available", status: "False", lastTransitionTime }];
  const scaled = { manager: "kubectl", subresource: "scale", time: ago(scaledAgo ?? 0) };
  return evidence({
    workload: deployment({
      template: template("shop/web:2"),
      status: { readyReplicas: 0, availableReplicas: 0, conditions: [progressing, ...available] },
      ...(scaledAgo === undefined ? {} : { metadata: { managedFields: [scaled] } }),
    }),
    holders: [replicaSet(2, { replicas: 1, created: ago(300) }), replicaSet(1, { created: ago(300 + lead) })],
    pods,
    surroundings: gone === undefined ? NO_SURROUNDINGS : { ...NO_SURROUNDINGS, gone },
  });
}

const wellIn = (seen: Evidence) => openCase(seen, policy()).healthy;
const warning = (reason: string, first: number, last: number): KubernetesEvent =>
  ({ reason, firstTimestamp: ago(first), lastTimestamp: ago(last) }) as unknown as KubernetesEvent;

describe("a revision that was in place for a shorter time than the policy's", () => {
  it("is not taken for well by that time alone", () => {
    expect(wellIn(replaced(90))).toBeUndefined();
    expect(wellIn(replaced(700))).toMatchObject({ revision: { revision: 1 } });
  });

  it("was well where the workload was available until the next one came", () => {
    expect(wellIn(replaced(20, [UNPULLED], { unavailableSince: 299 }))).toMatchObject({
      revision: { revision: 1 },
      confidence: "medium",
      evidence:
        "the workload was available when revision 2 came to replace revision 1, which had been in place for 20 s",
    });
  });

  it("was not where the workload was never available, or not for long enough to tell", () => {
    expect(wellIn(replaced(90, [UNPULLED], { unavailableSince: 390 }))).toBeUndefined();
    expect(wellIn(replaced(5, [UNPULLED], { unavailableSince: 299 }))).toBeUndefined();
  });

  it("was well where no Event warns of its pods", () => {
    expect(wellIn(replaced(90, [UNPULLED], { gone: [] }))).toMatchObject({
      revision: { revision: 1 },
      evidence: "no Event warns of a pod of revision 1 in the 90 s before revision 2 replaced it",
    });
  });

  it("is judged from its last warning on, and not at all once a container of it was started again and again", () => {
    const unhealthy = [warning("Unhealthy", 385, 380)];

    expect(wellIn(replaced(90, [UNPULLED], { gone: unhealthy }))?.evidence).toContain("in the 80 s before");
    expect(wellIn(replaced(90, [UNPULLED], { gone: [warning("Unhealthy", 385, 310)] }))).toBeUndefined();
    expect(wellIn(replaced(500, [UNPULLED], { gone: [warning("BackOff", 780, 500)] }))).toBeUndefined();
  });

  it("is not judged by warnings about pods that came after it, or went before it", () => {
    const others = [warning("BackOff", 290, 100), warning("BackOff", 900, 400)];

    expect(wellIn(replaced(90, [UNPULLED], { gone: others }))).toBeDefined();
  });

  it("is not known to have been well where it may have had no pods, or was unavailable before the next one came", () => {
    expect(wellIn(replaced(90, [UNPULLED], { gone: [], scaledAgo: 280 }))).toBeUndefined();
    expect(wellIn(replaced(90, [UNPULLED], { gone: [], scaledAgo: 380 }))?.evidence).toContain("in the 80 s before");
    expect(wellIn(replaced(200, [UNPULLED], { gone: [], unavailableSince: 345 }))).toBeUndefined();
  });

  it("is no better than one that held out for more than half as long", () => {
    expect(wellIn(replaced(90, [heldOutFor(44)], { gone: [] }))).toBeDefined();
    expect(wellIn(replaced(90, [heldOutFor(60)], { gone: [] }))).toBeUndefined();
    expect(wellIn(replaced(90, [heldOutFor(60)], { unavailableSince: 299 }))).toBeUndefined();
  });

  it("is no better than one of which another pod is well", () => {
    const beside = ofRevision(2, pod({ name: "web-2-b" }));

    expect(wellIn(replaced(90, [UNPULLED, beside], { gone: [] }))).toBeUndefined();
    expect(wellIn(replaced(90, [UNPULLED, beside], { unavailableSince: 299 }))).toBeUndefined();
  });

  it("is gone back to past a bad one that was started again", () => {
    const second = template("shop/web:2");
    const again = { annotations: { "kubectl.kubernetes.io/restartedAt": ago(298) } };
    const third = { ...second, metadata: { ...second.metadata, ...again } };
    const unavailable = { type: "Available", status: "False", lastTransitionTime: ago(299) };
    const seen = evidence({
      workload: deployment({
        template: third,
        progressing: { status: "True", reason: "ReplicaSetUpdated" },
        status: { readyReplicas: 0, availableReplicas: 0, conditions: [unavailable] },
      }),
      holders: [
        replicaSet(3, { template: third, replicas: 1, created: ago(298) }),
        replicaSet(2, { template: second, created: ago(300) }),
        replicaSet(1, { created: ago(390) }),
      ],
      pods: [ofRevision(3, imagePullPod("manifest unknown"))],
    });

    expect(wellIn(seen)).toMatchObject({ revision: { revision: 1 } });
  });
});
