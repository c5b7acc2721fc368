import { describe, expect, it } from "vitest";
import { originOf, parseRequest } from "../../../functions/run/request.ts";

const WORKLOAD = { cluster_name: "prod", namespace: "shop", kind: "Deployment", name: "web" };
const DECISION = { ...WORKLOAD, plan: "0123456789abcdef" };

describe("a request", () => {
  it.each([
    { cluster_name: "prod" },
    { cluster_name: "prod", namespace: "shop", dry_run: true },
    { cluster_name: "prod", origin: "schedule" },
    { action: "detect_failures", cluster_name: "prod", namespace: "shop", origin: "person" },
    { action: "detect_failures", cluster_name: "prod", namespace: "shop" },
    { action: "restart_pod", cluster_name: "prod", namespace: "shop", pod_name: "web-abc" },
    { action: "rollback_deployment", cluster_name: "prod", namespace: "shop", deployment_name: "web" },
    { action: "rollback_deployment", cluster_name: "prod", namespace: "shop", deployment_name: "web", revision: 3 },
    { action: "scale_deployment", cluster_name: "prod", namespace: "shop", deployment_name: "web", replicas: 4 },
    { action: "diagnose", cluster_name: "prod", namespace: "shop", kind: "StatefulSet", name: "db" },
    { action: "remediate", cluster_name: "prod", namespace: "shop", kind: "DaemonSet", name: "agent", dry_run: true },
    { ...DECISION, action: "approve", requested_by: "someone on call", reason: "seen on the dashboard" },
    { ...DECISION, action: "decline", kind: "StatefulSet", origin: "person" },
  ])("is accepted as it is: %o", (request) => {
    expect(parseRequest(request)).toEqual(request);
  });

  it.each([
    ["no cluster", {}, "cluster_name"],
    ["an unknown origin", { cluster_name: "prod", origin: "moon" }, "origin"],
    ["an unknown action", { action: "delete_everything", cluster_name: "prod" }, "action"],
    ["an action that is no text", { action: 7, cluster_name: "prod" }, "action"],
    ["a missing pod name", { action: "restart_pod", cluster_name: "prod", namespace: "shop" }, "pod_name"],
    ["a missing namespace", { action: "restart_pod", cluster_name: "prod", pod_name: "web" }, "namespace"],
    [
      "a pod name with a path in it",
      { action: "restart_pod", cluster_name: "prod", namespace: "shop", pod_name: "../secrets" },
      "pod_name",
    ],
    ["a namespace in capitals", { cluster_name: "prod", namespace: "Shop" }, "namespace"],
    [
      "zero replicas",
      { action: "scale_deployment", cluster_name: "prod", namespace: "shop", deployment_name: "web", replicas: 0 },
      "replicas",
    ],
    [
      "replicas as text",
      { action: "scale_deployment", cluster_name: "prod", namespace: "shop", deployment_name: "web", replicas: "4" },
      "replicas",
    ],
    [
      "half a revision",
      { action: "rollback_deployment", cluster_name: "prod", namespace: "shop", deployment_name: "web", revision: 1.5 },
      "revision",
    ],
    ["a field that it does not know", { cluster_name: "prod", force: true }, "force"],
    ["a plan that is none", { ...DECISION, action: "approve", plan: "the latest" }, "plan"],
    ["an approval for a kind that is never written to", { ...DECISION, action: "approve", kind: "Job" }, "kind"],
    ["more than a line of who asks", { cluster_name: "prod", requested_by: "a\nb" }, "requested_by"],
    ["escape codes in why", { cluster_name: "prod", reason: "\u001b[2J" }, "reason"],
    ["a list", [], "JSON object"],
    ["nothing", null, "JSON object"],
  ])("is refused with %s, and the message names the field", (_what, request, field) => {
    expect(() => parseRequest(request)).toThrow(
      expect.objectContaining({ name: "InvalidRequest", message: expect.stringContaining(field) as string }) as Error,
    );
  });
});

describe("who wants what a request leads to", () => {
  const RESTART = { action: "restart_pod", cluster_name: "prod", namespace: "shop", pod_name: "web-abc" };

  it.each([
    ["found by itself: a scan", { cluster_name: "prod" }, "found"],
    ["found by itself: what the schedule sends", { cluster_name: "prod", origin: "schedule" }, "found"],
    ["found by itself: what an event sends, whatever it names", { ...RESTART, origin: "event" }, "found"],
    ["a person's who says so", { ...RESTART, origin: "person" }, "person"],
    ["an agent's who says so", { ...RESTART, origin: "agent" }, "agent"],
    ["an agent's: a remedy that is asked for by nobody", RESTART, "agent"],
    ["a person's who says so of a workload", { ...WORKLOAD, action: "remediate", origin: "person" }, "person"],
    ["an agent's: a look at a workload", { ...WORKLOAD, action: "diagnose" }, "agent"],
    ["a person's who approves, and says so", { ...DECISION, action: "approve", origin: "person" }, "person"],
    ["an agent's: an approval by nobody", { ...DECISION, action: "approve" }, "agent"],
    ["found by itself: a scan, whoever starts it", { cluster_name: "prod", origin: "person" }, "found"],
  ])("is %s", (_what, request, origin) => {
    expect(originOf(parseRequest(request))).toBe(origin);
  });
});

describe("a request that is refused", () => {
  it.each([
    [
      { action: "restart_pod", cluster_name: "prod", namespace: "shop", kind: "Pod", name: "web" },
      "It takes action, cluster_name, namespace, pod_name; it may have dry_run, origin, requested_by, reason.",
    ],
    [
      { action: "undo", ...WORKLOAD, execution: "agent-1", change: { kind: "rollback" } },
      "change: must be exactly what",
    ],
    [{ action: "undo", ...WORKLOAD, execution: "agent-1", change: "the rollback" }, "change: must be exactly what"],
  ])("says what to send instead: %o", (request, words) => {
    expect(() => parseRequest(request)).toThrow(words);
  });
});
