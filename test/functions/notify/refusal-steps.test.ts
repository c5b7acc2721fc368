import { describe, expect, it } from "vitest";
import { refusalStep } from "../../../functions/notify/refusal-steps.ts";
import { WEB } from "../../support/objects.ts";

describe("what is told to do about a refusal to touch a workload at all", () => {
  const KEPT_AWAY = ["NamespaceNotAllowed", "NotOptedIn", "OptedOut"] as const;

  it.each(KEPT_AWAY)("is how it would be looked after, or to do that by hand: %s", (refusal) => {
    expect(refusalStep(refusal, WEB)).toMatch(/^Look after it by hand[,;] ./);
  });

  it.each([
    { kind: "Pod" },
    { kind: "Job" },
    { kind: "CronJob" },
    { kind: "Service" },
    { kind: "Node" },
    { kind: "CloneSet", group: "apps.kruise.io" },
    { kind: "Deployment", group: "shop.example.com" },
  ])("is by hand alone where nothing would be written to it anyway: $kind", (workload) => {
    for (const refusal of KEPT_AWAY) expect(refusalStep(refusal, workload)).toBe("Look after it by hand.");
  });
});
