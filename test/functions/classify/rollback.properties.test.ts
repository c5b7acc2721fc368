import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { isReady } from "../../../functions/shared/kubernetes/pods.ts";
import { versionHash } from "../../../functions/shared/kubernetes/template.ts";
import { evidence, policy } from "../../support/objects.ts";
import {
  arbitraryWorld,
  FORGED_IMAGE,
  templateOf,
  worldOf,
  type DrawnRevision,
  type DrawnWorld,
  type World,
} from "../../support/worlds.ts";

const STABLE_SECONDS = 600;
const RUNS = { numRuns: 2_000, seed: 20_260_601 };

/** A rollback that came of a world. */
interface Rollback {
  drawn: DrawnWorld;
  world: World;
  /** The ReplicaSet whose template is put back. */
  target: World["holders"][number];
  /** The drawn revision behind it; undefined for one that was never drawn. */
  revision: DrawnRevision | undefined;
  number: number;
}

/** Checks every rollback that the drawn worlds lead to; at least some have to. */
function everyRollback(check: (rollback: Rollback) => void): void {
  let rollbacks = 0;
  fc.assert(
    fc.property(arbitraryWorld, (drawn) => {
      const world = worldOf(drawn);
      const { remedy } = classify(evidence({ ...world }), policy({ stable_seconds: STABLE_SECONDS }));
      if (remedy.action !== "rollback") return;
      const target = world.holders.find(({ metadata }) => metadata?.name === remedy.after.name);
      expect(target, "what is put back is in the history").toBeDefined();
      if (target === undefined) return;
      rollbacks++;
      const number = remedy.after.revision;
      check({ drawn, world, target, number, revision: drawn.earlier[number - 1] });
    }),
    RUNS,
  );
  expect(rollbacks).toBeGreaterThan(RUNS.numRuns / 20);
}

/** Beyond doubt, whatever time has passed, whichever container it is about. */
const FAILS: ReadonlySet<string> = new Set(["crash", "out of memory", "no image", "no config"]);

describe("no world ever leads to a rollback", () => {
  it("to a revision more of whose pods fail than have been ready for long, whichever container fails", () => {
    everyRollback(({ revision, world, target }) => {
      const failing = (revision?.pods ?? []).filter(({ fault }) => FAILS.has(fault));
      const own = world.pods.filter(({ metadata }) => metadata?.ownerReferences?.[0]?.name === target.metadata?.name);
      const ready = own.filter(isReady).length;
      expect(failing.length, `${ready} ready`).toBeLessThanOrEqual(ready);
    });
  });

  it("to a revision without pods that did not serve for long, or never had any", () => {
    everyRollback(({ revision, target }) => {
      if ((target.status?.availableReplicas ?? 0) > 0) return;
      expect(revision?.served).toBeGreaterThanOrEqual(STABLE_SECONDS);
      expect(revision?.never === true && revision.pods.length === 0).toBe(false);
    });
  });

  it("to one that somebody else than its controller made", () => {
    everyRollback(({ target }) => {
      expect(target.spec?.template?.spec?.containers.map(({ image }) => image)).not.toContain(FORGED_IMAGE);
    });
  });

  it("to the present version, nor past one of it that serves: a mark or a checksum makes no other version", () => {
    everyRollback(({ drawn, number, world }) => {
      const version = (index: number, revision: DrawnRevision) =>
        versionHash(templateOf(drawn.shape, revision.version, { ...revision, number: index }));
      const present = versionHash(templateOf(drawn.shape, drawn.present.version));
      drawn.earlier.forEach((revision, index) => {
        if (index + 1 < number || version(index + 1, revision) !== present) return;
        expect(index + 1, "the target itself").not.toBe(number);
        const own = world.pods.filter(({ metadata }) => metadata?.ownerReferences?.[0]?.name === `web-${index + 1}`);
        expect(
          own.length > 0 && own.every(isReady) && revision.pods.every(({ fault }) => ["none", "fresh"].includes(fault)),
        ).toBe(false);
      });
    });
  });
});
