import { describe, expect, it } from "vitest";
import { boundsFor, raisedBounds, replicasFor } from "../../../../functions/remedies/scale/plan.ts";
import type { HpaBounds } from "../../../../functions/shared/refs.ts";
import { policy } from "../../../support/objects.ts";

const limits = (max_replicas: number, raise_hpa_by = 0.5) => policy({ scale: { max_replicas, raise_hpa_by } });
const refused = (refusal: string) => ({ action: "none", refusal });

describe("an HPA at its maximum", () => {
  it.each([
    [4, 0.5, 6],
    [5, 0.5, 8],
    [1, 0.01, 2],
    [40, 2, 50],
  ])("of %i, raised by a share of %f, gets %i, with the same minimum", (max, share, raised) => {
    expect(raisedBounds("web", { min: 1, max }, limits(50, share))).toEqual({
      action: "scale",
      scale: { target: "hpa", name: "web", from: { min: 1, max }, to: { min: 1, max: raised } },
    });
  });

  it("that is the policy's limit, or beyond it, is left to a person, never lowered", () => {
    expect(raisedBounds("web", { min: 1, max: 50 }, limits(50))).toMatchObject(refused("LimitReached"));
    expect(raisedBounds("web", { min: 1, max: 80 }, limits(50))).toMatchObject(refused("LimitReached"));
  });
});

describe("a number of replicas under an HPA", () => {
  it.each<[number, number, HpaBounds, HpaBounds]>([
    [3, 2, { min: 2, max: 4 }, { min: 3, max: 4 }],
    [9, 2, { min: 2, max: 4 }, { min: 9, max: 9 }],
    [3, 4, { min: 2, max: 4 }, { min: 2, max: 3 }],
    [1, 4, { min: 2, max: 4 }, { min: 1, max: 1 }],
    [4, 4, { min: 2, max: 6 }, { min: 4, max: 6 }],
  ])("asked to be %i where there are %i, turns %o into %o", (replicas, present, from, to) => {
    expect(boundsFor("web", from, present, replicas, limits(50))).toMatchObject({ scale: { target: "hpa", from, to } });
  });

  it("changes nothing when the bounds hold it there already", () => {
    expect(boundsFor("web", { min: 2, max: 2 }, 2, 2, limits(50))).toMatchObject(refused("AlreadyAsRequested"));
  });

  it("may be the policy's limit, and not one more", () => {
    expect(boundsFor("web", { min: 2, max: 4 }, 2, 50, limits(50)).action).toBe("scale");
    expect(boundsFor("web", { min: 2, max: 4 }, 2, 51, limits(50))).toMatchObject(refused("LimitReached"));
  });
});

describe("a number of replicas without an HPA", () => {
  it("is set from what it is now, within the policy's limit", () => {
    expect(replicasFor(2, 5, limits(50))).toEqual({ action: "scale", scale: { target: "replicas", from: 2, to: 5 } });
    expect(replicasFor(2, 2, limits(50))).toMatchObject(refused("AlreadyAsRequested"));
    expect(replicasFor(2, 51, limits(50))).toMatchObject(refused("LimitReached"));
  });
});
