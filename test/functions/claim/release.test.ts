import { beforeEach, describe, expect, it } from "vitest";
import { acquire } from "../../../functions/claim/claim.ts";
import { claim } from "../../../functions/claim/handler.ts";
import { notify } from "../../../functions/notify/handler.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import type { HistoryEntry, WorkloadRun } from "../../../functions/run/contracts.ts";
import { historyOf, leaseName } from "../../../functions/run/lease.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { admittingClusterForEach, environmentAt } from "../../support/admitting-cluster.ts";
import { openOf } from "../../../functions/run/works-again.ts";
import { incident, policy, WEB } from "../../support/objects.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";

const at = admittingClusterForEach();
let sent: Notification[];
beforeEach(() => {
  sent = [];
});

/** The steps of the workflow, so many seconds after the image could not be pulled for the first time. */
const after = (seconds: number) => ({
  ...environmentAt(at, policy({ report_after_seconds: 1_800 }), sent),
  now: () => new Date(at.clock.now().getTime() + seconds * 1_000),
});

/** A run that has claimed a workload whose image cannot be pulled, and leaves that to pass. */
async function waiting(): Promise<WorkloadRun> {
  const now = after(1_790).now();
  const holder = { workload: WEB, holder: "run-1", dryRun: false, policy: policy(), now };
  const since = at.clock.now().toISOString();
  return claimedRun({
    claim: await acquire(at.cluster, holder),
    incident: incident({ failures: [{ reason: "ImagePullBackOff", count: 1, since }] }),
    diagnosis: diagnosis({
      cause: "ImageNotPulled",
      remedy: { action: "none", refusal: "MayPass", message: "The kubelet tries again by itself." },
    }),
  });
}

/** What the workflow's last two states come to: the report, what is left in the output, and what is remembered. */
async function end(run: WorkloadRun, reportedAfter: number, releasedAfter: number) {
  const report = (await notify(after(reportedAfter))({ about: "workload", run })) ?? undefined;
  const released = await claim(after(releasedAfter))({ operation: "release", run: { ...run, report } });
  return { report, released, history: await history() };
}

async function history(): Promise<HistoryEntry[]> {
  return historyOf(await at.cluster.get<Lease>(paths.lease(CLAIM_NAMESPACE, leaseName(WEB))));
}

describe("a remedy of which nobody knows whether it was applied", () => {
  it("is remembered as one that may have been, so that it is not tried again of its own accord", async () => {
    const unknown = {
      ...(await waiting()),
      diagnosis: diagnosis(),
      remedy_error: { Error: "ClusterUnreachable", Cause: "" },
      error: { Error: "ClusterUnavailable", Cause: "" },
    };
    await end(unknown, 1_795, 1_796);

    expect(await history()).toMatchObject([{ action: "rollback", outcome: "Unresolved", applied: true }]);
  });
});

describe("a workload whose image cannot be pulled, when people are told of it after 1,800 s", () => {
  it("is not remembered when nobody was told at 1,799 s, though it is released at 1,801 s", async () => {
    const { report, released, history } = await end(await waiting(), 1_799, 1_801);

    expect(sent).toEqual([]);
    expect(report).toMatchObject({ outcome: "Skipped", reason: "MayPass", needs_person: false });
    expect(released).toEqual({ ...report, delivered: true });
    expect(history).toEqual([]);
  });

  it("is remembered as it was told at 1,801 s, and so not told again by the next run", async () => {
    const { report, released, history } = await end(await waiting(), 1_801, 1_803);

    expect(sent.map(({ report }) => report)).toEqual([report]);
    expect(report).toMatchObject({ outcome: "Skipped", reason: "MayPass", needs_person: true });
    expect(released).toEqual({ ...report, delivered: true });
    expect(history).toMatchObject([{ cause: "ImageNotPulled", action: "none", outcome: "Skipped" }]);
    // Those who were called hear of it as well when it works again.
    expect(openOf(history)).toEqual({ cause: "ImageNotPulled", told_at: after(1_803).now().toISOString() });
  });

  it("is judged at its release when the report was not delivered, and the output says that nobody was told", async () => {
    const run = { ...(await waiting()), report_error: { Error: "NotificationFailed", Cause: "" } };
    const released = await claim(after(1_801))({ operation: "release", run });

    expect(released).toMatchObject({ outcome: "Skipped", needs_person: true, delivered: false });
    expect(await history()).toMatchObject([{ cause: "ImageNotPulled", outcome: "Skipped", told: null }]);
    // Nobody was told that it fails, and so nobody is to hear that it works again.
    expect(openOf(await history())).toBeUndefined();
  });
});

describe("a workload of which people have declined what was proposed", () => {
  it("is remembered without a call for anybody, so that nobody is told that it works again", async () => {
    const remedy = { action: "none", refusal: "Declined", message: "It was declined." } as const;
    const { report, history } = await end({ ...(await waiting()), diagnosis: diagnosis({ remedy }) }, 1_795, 1_796);

    expect(report).toMatchObject({ outcome: "Skipped", reason: "Declined", needs_person: false });
    expect(history).toMatchObject([{ outcome: "Skipped", reason: "Declined" }]);
    expect(openOf(history)).toBeUndefined();
  });
});
