import { describe, expect, it } from "vitest";
import { notToSpare } from "../../../functions/facts/spare-pods.ts";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import { STATEFUL_SET } from "../../../functions/kinds/stateful-set/kind.ts";

const of = (replicas: number) => ({ spec: { replicas, selector: {}, template: {}, serviceName: "db" } });

describe("a ready pod", () => {
  it.each([
    [3, 3],
    [5, 4],
    [5, 5],
    [4, 4],
  ])("of a StatefulSet of %i, of which %i are ready, may go", (replicas, ready) => {
    expect(notToSpare(STATEFUL_SET, of(replicas), ready)).toBeUndefined();
  });

  it.each([
    [3, 2, 2],
    [5, 3, 3],
    [4, 3, 3],
  ])("of a StatefulSet of %i, of which %i are ready, stays for a quorum of %i", (replicas, ready, quorum) => {
    expect(notToSpare(STATEFUL_SET, of(replicas), ready)).toBe(
      `${ready} of ${replicas} pods are ready, and without it a quorum of ${quorum} would be lost`,
    );
  });

  it("of a Deployment may go while another is ready, and stays as the last one", () => {
    expect(notToSpare(DEPLOYMENT, of(5), 2)).toBeUndefined();
    expect(notToSpare(DEPLOYMENT, of(5), 1)).toBe("it is the last of 5 pods that is ready");
  });

  it.each([DEPLOYMENT, STATEFUL_SET])("that is the only one that is wanted may go: there is never another", (kind) => {
    expect(notToSpare(kind, of(1), 1)).toBeUndefined();
  });
});
