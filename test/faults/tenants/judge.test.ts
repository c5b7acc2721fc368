import { expect, it } from "vitest";
import type { Notification } from "../../../functions/notify/notification.ts";
import { DEPLOYMENT, PATCHED, request, told, WEB, workload } from "../observed.ts";
import { tenantViolations, type TenantSeen } from "./judge.ts";

const RECOVERED = told(workload({}));
type Scan = NonNullable<TenantSeen["runs"][number]>;

function scan(notifications: Notification[], more: Partial<Scan> = {}): Scan {
  return { result: { status: "succeeded", output: {} }, notifications, events: [], ...more };
}

function broken(more: Partial<TenantSeen>): string {
  return tenantViolations({
    ...{ victim: "shop", tenant: "evil", runs: [scan([RECOVERED])], requests: PATCHED, amiss: undefined },
    ...{ before: { "deployments/web": WEB }, after: { "deployments/web": WEB } },
    ...more,
  }).join("; ");
}

it("finds nothing where the other namespace's workload was rolled back once, whatever the tenant's own met", () => {
  const own = "/api/v1/namespaces/evil/pods/bare-1/eviction";

  expect(broken({ requests: [...PATCHED, request("POST", own)] })).toBe("");
});

it.each<[string, Partial<TenantSeen>, RegExp]>([
  ["a failure that is hidden", { runs: [scan([])], requests: [], amiss: "it crashes" }, /is told nothing.*not well/],
  [
    "a failure that is told as something else",
    { runs: [scan([told(workload({ outcome: "Skipped" }))])] },
    /told Skipped/,
  ],
  ["a remedy that is repeated", { requests: [...PATCHED, request("PATCH", DEPLOYMENT)] }, /PATCH deployments,PATCH/],
  [
    "a storm",
    { runs: [scan([RECOVERED, { subject: "", text: "", report: { outcome: "Storm" } } as unknown as Notification])] },
    /scan 1 is a storm/,
  ],
  [
    "a write elsewhere",
    { requests: [...PATCHED, request("POST", "/api/v1/namespaces/blog/pods/web-1/eviction")] },
    /something else changed: POST .*blog/,
  ],
  ["a bystander that changes", { after: { "deployments/web": WEB, "configmaps/x": {} } }, /configmaps\/x changed/],
  ["a message that clears a screen", { runs: [scan([{ ...RECOVERED, text: "\u001b[2J" }])] }, /cannot be read/],
  [
    "a scan that fails",
    { runs: [scan([RECOVERED], { result: { status: "failed", error: { name: "StepFailed", cause: "" } } })] },
    /scan 1 failed/,
  ],
  ["a scan that does not end", { runs: [scan([RECOVERED]), undefined] }, /scan 2 was still running/],
])("finds %s", (_what, more, words) => {
  expect(broken(more)).toMatch(words);
});
