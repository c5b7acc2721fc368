import { describe, expect, it } from "vitest";
import { words } from "../../../../functions/remedies/flux-rollback/words.ts";
import { PLAN } from "./objects.ts";

describe("after a rollback through Flux", () => {
  it.each<[number | undefined, string]>([
    [undefined, "reaches what it keeps until"],
    [1, "reaches the object that it keeps until"],
    [2, "reaches any of the 2 objects that it keeps until"],
  ])("people are told what gets nothing, of %s objects, and that others may wait", (objects, held) => {
    const { action: _action, ...parts } = PLAN;
    const { kind, namespace, name, revision } = PLAN.reconciler;
    const reconciler = { kind, namespace, name, revision, ...(objects === undefined ? {} : { objects }) };
    const { next } = words.afterwards({ kind: "flux-rollback", ...parts, reconciler, put: true }, false);

    expect(next).toContain(`nothing that is pushed ${held} it is resumed, and what depends on it may wait as long`);
  });
});
