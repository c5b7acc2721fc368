import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Report, WorkloadRun } from "../../../functions/run/contracts.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { eventFor, recordEvent, recordOutcome, withEvent, type Note } from "../../../functions/run/event.ts";
import type { Environment } from "../../../functions/run/step.ts";
import { ApiServer, refusal } from "../../support/api-server.ts";
import { incident, NOW, WEB } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const EVENTS = "/api/v1/namespaces/shop/events";
const NOTE: Note = { type: "Normal", reason: "RemediationRolledBack", message: "Rolled back." };

/** A run about a workload that was read, and so has a UID. */
function diagnosedRun(overrides: Partial<WorkloadRun> = {}): WorkloadRun {
  return claimedRun({ diagnosis: diagnosis({ workload_uid: "web-uid" }), ...overrides });
}

function ofExecution(name: string): WorkloadRun {
  return diagnosedRun({ execution: { id: `arn:${name}`, name } });
}

function ofWorkload(name: string): WorkloadRun {
  return diagnosedRun({ incident: incident({ workload: { ...WEB, name } }) });
}

describe("an Event", () => {
  it("is about the workload as it was diagnosed, and names the cause and the execution", () => {
    expect(eventFor(diagnosedRun(), NOTE, NOW)).toEqual({
      apiVersion: "v1",
      kind: "Event",
      metadata: { namespace: "shop", name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) as string },
      involvedObject: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "web", uid: "web-uid" },
      type: "Normal",
      reason: "RemediationRolledBack",
      message: "Rolled back. Cause: CrashLoopAfterRollout. Execution: run-1",
      source: { component: "eks-remediation" },
      reportingComponent: "eks-remediation",
      reportingInstance: "run-1",
      firstTimestamp: NOW.toISOString(),
      lastTimestamp: NOW.toISOString(),
      count: 1,
    });
  });

  it("is none when the workload's UID is not known", () => {
    expect(eventFor(claimedRun(), NOTE, NOW)).toBeUndefined();
    expect(eventFor(claimedRun({ diagnosis: diagnosis() }), NOTE, NOW)).toBeUndefined();
  });

  it("is about the workload of the first try when there was no second diagnosis", () => {
    const { diagnosis: tried, ...run } = diagnosedRun();
    const verification = {
      verdict: "not_recovered" as const,
      reasons: [],
      wait_seconds: 1,
      observation: { digest: "d", well_since: null },
    };
    const first = { diagnosis: tried ?? diagnosis(), remedy: remedyResult(), verification };

    expect(eventFor({ ...run, tries: [first] }, NOTE, NOW)?.involvedObject.uid).toBe("web-uid");
  });

  it("has the same name however often a step is repeated, and another for another execution, workload or reason", () => {
    const nameOf = (run: WorkloadRun, note = NOTE) => eventFor(run, note, NOW)?.metadata.name;
    const repeated = eventFor(diagnosedRun(), { ...NOTE, message: "Put." }, new Date(NOW.getTime() + 60_000));
    const others = [
      nameOf(ofExecution("run-2")),
      nameOf(ofWorkload("api")),
      nameOf(diagnosedRun({ diagnosis: diagnosis({ workload_uid: "recreated" }) })),
      nameOf(diagnosedRun(), { ...NOTE, reason: "RemediationUndone" }),
    ];

    expect(repeated?.metadata.name).toBe(nameOf(diagnosedRun()));
    expect(new Set([nameOf(diagnosedRun()), ...others]).size).toBe(5);
  });

  it.each([
    ["long", "w".repeat(253)],
    ["cut behind a separator", `${"w".repeat(235)}.${"w".repeat(17)}`],
  ])("has a name that the API server takes when the workload's is %s", (_what, name) => {
    const made = eventFor(ofWorkload(name), NOTE, NOW)?.metadata.name ?? "";

    expect(made.length).toBeLessThanOrEqual(253);
    // Source: k8s.io/apimachinery, validation.IsDNS1123Subdomain
    expect(made).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  });

  it.each([
    ["ASCII", "x".repeat(5_000)],
    ["characters of three bytes", "日".repeat(2_000)],
    ["characters of four bytes", "🔥".repeat(2_000)],
    ["several lines", "line\n".repeat(1_000)],
  ])(
    "has a message of at most 1,024 bytes that ends with the execution, also for a long text of %s",
    (_what, message) => {
      const text = eventFor(ofExecution("e".repeat(80)), { ...NOTE, message }, NOW)?.message ?? "";

      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_024);
      expect(Buffer.byteLength(text)).toBeGreaterThan(1_010);
      expect(text).toMatch(/… Cause: CrashLoopAfterRollout\. Execution: e{80}$/);
      expect(text).not.toMatch(/[\uFFFD\n]/);
    },
  );
});

describe("writing an Event", () => {
  let api: ApiServer;
  let environment: Environment;
  beforeEach(async () => {
    api = await ApiServer.start();
    api.on("POST", EVENTS, { status: 201, body: {} });
    environment = {
      ...unreachableEnvironment(new Error("not used")),
      connect: () => Promise.resolve(api.cluster()),
      now: () => NOW,
    };
  });
  afterEach(() => api.stop());

  it("creates it in the workload's namespace, without asking anything first", async () => {
    await recordEvent(environment, diagnosedRun(), NOTE);

    expect(api.requests).toMatchObject([
      { method: "POST", path: EVENTS, query: {}, body: { reason: "RemediationRolledBack" } },
    ]);
  });

  it("does nothing at all in a dry run, or without a UID", async () => {
    await recordEvent(environment, diagnosedRun({ dry_run: true }), NOTE);
    await recordEvent(environment, claimedRun(), NOTE);

    expect(api.requests).toEqual([]);
  });

  it.each([403, 404, 409, 422, 429, 500, 503])("lets the step go on when the API server answers %i", async (status) => {
    api.on("POST", EVENTS, refusal(status, "no"));

    await expect(recordEvent(environment, diagnosedRun(), NOTE)).resolves.toBeUndefined();
    expect(api.requests).toHaveLength(1);
  });

  it.each([
    ["there is no cluster to be found", new RemediationError("ClusterNotFound", "no")],
    ["there are no credentials", new Error("Could not load credentials from any providers")],
  ])("lets the step go on when %s", async (_what, error) => {
    await expect(recordEvent(unreachableEnvironment(error), diagnosedRun(), NOTE)).resolves.toBeUndefined();
  });

  it("lets the step go on after some seconds when the API server does not answer", async () => {
    api.on("POST", EVENTS, () => undefined);
    const started = performance.now();
    await recordEvent(environment, diagnosedRun(), NOTE);

    // Sooner than the request itself is given up, after 20 s.
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it.each(["planned", "refused"] as const)("leaves no trace of a remedy that was %s", async (status) => {
    const result = remedyResult({ status });

    expect(await withEvent(environment, diagnosedRun(), "RemediationRolledBack", result)).toBe(result);
    expect(api.requests).toEqual([]);
  });

  it("shows a remedy that was applied, and hands its result on", async () => {
    const result = remedyResult();

    expect(await withEvent(environment, diagnosedRun(), "RemediationRolledBack", result)).toBe(result);
    expect(api.writes).toMatchObject([
      { body: { type: "Normal", message: expect.stringContaining(result.message) as string } },
    ]);
  });

  const report = (overrides: Partial<Report>): Report => ({
    outcome: "Recovered",
    cause: "CrashLoop",
    action: "restart",
    summary: "It went like this.",
    needs_person: false,
    ...overrides,
  });

  it.each<[Partial<Report>, object]>([
    [{ outcome: "Recovered" }, { type: "Normal", reason: "RemediationRecovered" }],
    [
      { outcome: "RolledBack", needs_person: true },
      { type: "Warning", reason: "RemediationIneffective" },
    ],
    [
      { outcome: "Unresolved", needs_person: true },
      { type: "Warning", reason: "RemediationUnresolved" },
    ],
    [
      { outcome: "Skipped", reason: "NoSafeRemedy", needs_person: true },
      {
        type: "Warning",
        reason: "RemediationSkipped",
        message: expect.stringMatching(/^NoSafeRemedy: It went like this\./) as string,
      },
    ],
    [
      { outcome: "Skipped", reason: "AlreadyAsRequested" },
      { type: "Normal", reason: "RemediationSkipped" },
    ],
  ])("shows the outcome %j as %j", async (ended, event) => {
    await recordOutcome(environment, diagnosedRun(), report(ended));

    expect(api.writes).toMatchObject([{ body: event }]);
  });

  it.each<Partial<Report>>([
    { outcome: "DryRun" },
    { outcome: "Healthy" },
    { outcome: "Storm" },
    { outcome: "Skipped", reason: "NamespaceNotAllowed" },
  ])("leaves no trace of the outcome %j", async (ended) => {
    await recordOutcome(environment, diagnosedRun(), report(ended));

    expect(api.requests).toEqual([]);
  });
});
