import { describe, expect, it } from "vitest";
import { toleratedFor } from "../../../../local/embedded/controllers/taint-eviction.ts";
import { tolerates } from "../../../../local/embedded/scheduler/taints.ts";

const NOW = new Date("2026-06-01T12:01:00Z");
const timeAdded = "2026-06-01T12:00:00Z";
const lost = { key: "lost", effect: "NoExecute", timeAdded };

describe("a toleration", () => {
  it.each([
    [{ operator: "Exists" }, true],
    [{ key: "disk", operator: "Exists" }, true],
    [{ key: "disk", value: "nvme" }, true],
    [{ key: "disk", value: "nvme", effect: "NoSchedule" }, true],
    [{ key: "disk", value: "nvme", effect: "NoExecute" }, false],
    [{ key: "disk", value: "ssd" }, false],
    [{ key: "other", operator: "Exists" }, false],
  ])("%j of a taint disk=nvme:NoSchedule: %s", (toleration, expected) => {
    expect(tolerates(toleration, { key: "disk", value: "nvme", effect: "NoSchedule" })).toBe(expected);
  });
});

describe("a pod stays on a node with a NoExecute taint", () => {
  it("for as long as the shortest of its tolerations says, from when the taint came", () => {
    const tolerations = [300, 100].map((tolerationSeconds) => ({ key: "lost", operator: "Exists", tolerationSeconds }));
    expect(toleratedFor([lost], tolerations, NOW)).toBe(40);
  });

  it("for ever with a toleration without an end, and not at all without one", () => {
    expect(toleratedFor([lost], [{ operator: "Exists" }], NOW)).toBeUndefined();
    expect(toleratedFor([lost], [], NOW)).toBe(0);
    expect(toleratedFor([{ ...lost, effect: "NoSchedule" }], [], NOW)).toBeUndefined();
  });
});
