import { describe, expect, it } from "vitest";
import { pagerEventOf } from "../../../../functions/notify/deliver/pager-duty.ts";
import { notify } from "../../../../functions/notify/handler.ts";
import type { Notification } from "../../../../functions/notify/notification.ts";
import type { WorkloadRun } from "../../../../functions/run/contracts.ts";
import { Detection } from "../../../../functions/run/detection.ts";
import { NOW } from "../../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../../support/runs.ts";
import { unreachableEnvironment } from "../../../support/scripted.ts";

const EXECUTION = { id: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1", name: "run-1" };

/** The events that PagerDuty gets of what `notify` tells of these inputs. */
async function events(...inputs: object[]) {
  const sent: Notification[] = [];
  const environment = { ...unreachableEnvironment(new Error("not used"), sent), now: () => NOW };
  for (const input of inputs) await notify(environment)(input);
  return sent.map(({ document }) => pagerEventOf(document));
}

const sight = { at: "2026-06-01T12:00:00.000Z", ready: 0, wanted: 2 };
const refused = claimedRun({
  diagnosis: diagnosis({ sight, remedy: { action: "none", refusal: "NoSafeRemedy", message: "Look at it." } }),
});
const recovered: WorkloadRun = {
  ...claimedRun({ diagnosis: diagnosis({ sight }), remedy: remedyResult() }),
  verification: {
    verdict: "recovered",
    reasons: [],
    wait_seconds: 1,
    observation: { digest: "d", well_since: NOW.toISOString(), sight: { ...sight, ready: 2 } },
  },
};
const workload = (run: WorkloadRun) => ({ about: "workload", run });
const failure = (request: object) => ({
  about: "failure",
  request,
  error: { Error: "Forbidden", Cause: "no" },
  execution: EXECUTION,
});
const detection = (more: Partial<Detection>) =>
  Detection.parse({
    ...{ status: "storm", cluster_name: "prod", dry_run: false, pods_seen: 9, workloads_seen: 9, failing_pods: 9 },
    ...{ incidents: [], omitted: 0, out_of_scope: 0, in_rollout: [], unseen: [] },
    ...more,
  });

describe("what notify tells", () => {
  it("pages for a workload that is down, and ends that page when it is fixed", async () => {
    expect(await events(workload(refused), workload(recovered))).toMatchObject([
      {
        event_action: "trigger",
        dedup_key: "eks-remediation/prod/Deployment/shop/web",
        payload: { severity: "critical" },
      },
      { event_action: "resolve", dedup_key: "eks-remediation/prod/Deployment/shop/web" },
    ]);
  });

  it("calls nobody for what somebody asked for and did not get", async () => {
    const asked = { ...refused, incident: { ...refused.incident, origin: "agent" as const } };

    expect(await events(workload(asked))).toEqual([undefined]);
  });

  it("pages for a run of the schedule that failed, and for none that somebody started", async () => {
    const [scheduled, asked, byEvent] = await events(
      failure({ cluster_name: "prod", origin: "schedule" }),
      failure({ cluster_name: "prod", action: "restart_pod", namespace: "shop", pod_name: "web-1" }),
      failure({ cluster_name: "prod", origin: "event", namespace: "shop" }),
    );

    expect(scheduled).toMatchObject({ event_action: "trigger", dedup_key: "eks-remediation/prod/run" });
    expect([asked, byEvent]).toEqual([undefined, undefined]);
  });

  it.each<[Partial<Detection>, string]>([
    [{}, "eks-remediation/prod/storm"],
    [{ namespace: "shop" }, "eks-remediation/prod/storm/shop"],
  ])("pages for a storm where %j is looked at, and ends that page when it is over", async (place, key) => {
    const storm_over = { told_at: "2026-06-01T11:00:00.000Z", seen_at: "2026-06-01T11:30:00.000Z" };
    const told = await events(
      { about: "storm", detection: detection(place), memory: { status: "tell" }, execution: EXECUTION },
      { about: "storm_over", detection: detection({ ...place, status: "healthy", storm_over }), execution: EXECUTION },
    );

    expect(told).toMatchObject([
      { event_action: "trigger", dedup_key: key, payload: { severity: "critical" } },
      { event_action: "resolve", dedup_key: key },
    ]);
  });
});
