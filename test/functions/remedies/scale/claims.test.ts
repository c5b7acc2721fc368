import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import { reversed } from "../../../../functions/remedies/scale/carry-out.ts";
import type { Scaling } from "../../../../functions/remedies/scale/contract.ts";
import { words } from "../../../../functions/remedies/scale/words.ts";
import type { StatefulSet } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, evidence, hpa, incident, policy } from "../../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../../support/set-objects.ts";

const atMaximum = hpa({ max: 3, limited: "TooManyReplicas", limitedSince: ago(900) });

/** The move that is chosen for a StatefulSet whose HPA is at its maximum of 3. */
function chosen(spec: Partial<NonNullable<StatefulSet["spec"]>> = {}): Scaling {
  const { remedy } = classify(
    evidence({
      incident: incident({ workload: DB }),
      hpa: { ...atMaximum, spec: { ...atMaximum.spec, scaleTargetRef: { kind: "StatefulSet", name: "db" } } },
      workload: db({
        spec: { volumeClaimTemplates: [{ metadata: { name: "data" } }, { metadata: { name: "log" } }], ...spec },
      }),
      holders: [controllerRevision(2, { created: ago(90_000) })],
      pods: [0, 1, 2].map((ordinal) => dbPod(ordinal, 2)),
    }),
    policy(),
  );
  if (remedy.action !== "scale") throw new Error(remedy.action);
  return remedy.scale;
}

const undone = (scale: Scaling) => words.undone?.({ kind: "scale", scale }, DB);

describe("a StatefulSet whose scaling did not help, and was undone", () => {
  it("is said to have left the claims of its further pods, by their names, with how they are looked at and deleted", () => {
    expect(undone(chosen())).toBe(
      "The scaling was undone: HPA shop/web is back at 2–3 replicas. PersistentVolumeClaims of pods beyond 3 replicas stay where they were made, with what is on their volumes: data-db-3 log-db-3 data-db-4 log-db-4. See how old they are (kubectl -n shop get pvc data-db-3 log-db-3 data-db-4 log-db-4), and delete those that came with this and that nobody needs: kubectl -n shop delete pvc NAME.",
    );
  });

  it("counts from its first number", () => {
    expect(undone(chosen({ ordinals: { start: 10 } }))).toContain(": data-db-13 log-db-13 data-db-14 log-db-14.");
  });

  it("is said so where somebody takes the scaling back, too", () => {
    const back = { kind: "scale", scale: reversed(chosen()) } as const;
    expect(words.did(back, DB, false)).toContain("data-db-3 log-db-3");
    expect(words.did(back, DB, true)).not.toContain("data-db-3");
  });

  it.each<[string, Scaling]>([
    ["it has no claims of its own", chosen({ volumeClaimTemplates: [] })],
    ["they go with their pods", chosen({ persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete" } })],
  ])("leaves none where %s", (_why, scale) => {
    expect(undone(scale)).toBe("The scaling was undone: HPA shop/web is back at 2–3 replicas.");
  });

  it("names none after what is no name", () => {
    const scale = chosen({ volumeClaimTemplates: [{ metadata: { name: "data; reboot #" } }] });

    expect(undone(scale)).not.toMatch(/reboot|PersistentVolumeClaim/);
  });

  it("names a few of many", () => {
    const scale = { ...chosen(), from: { min: 2, max: 3 }, to: { min: 2, max: 50 } } as Scaling;
    expect(undone(scale)).toContain("data-db-3 log-db-3 data-db-4 log-db-4 data-db-5 log-db-5 and 88 more");
  });
});
