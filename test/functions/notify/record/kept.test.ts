import { describe, expect, it } from "vitest";
import { notify } from "../../../../functions/notify/handler.ts";
import type { NotifyEnvironment } from "../../../../functions/notify/environment.ts";
import type { Notification } from "../../../../functions/notify/notification.ts";
import type { OutcomeRecord } from "../../../../functions/notify/record/record.ts";
import type { Measurement } from "../../../../functions/run/measurement.ts";
import type { WorkloadRun } from "../../../../functions/run/contracts.ts";
import { RemediationError } from "../../../../functions/shared/errors.ts";
import { claimedRun, diagnosis } from "../../../support/runs.ts";
import { unreachableEnvironment } from "../../../support/scripted.ts";

const refused = claimedRun({
  diagnosis: diagnosis({ remedy: { action: "none", refusal: "NoSafeRemedy", message: "m" } }),
});
const coolingDown: WorkloadRun = claimedRun({
  claim: { status: "refused", lease: "l", refusal: "CoolingDown", message: "m", needs_person: false },
});

/** Reports a run's outcome where records are kept like this. */
async function reported(run: WorkloadRun, keep: NonNullable<NotifyEnvironment["keep"]>, more = {}) {
  const sent: Notification[] = [];
  const environment = { ...unreachableEnvironment(new Error("not used"), sent), keep, ...more };
  return { sent, report: await notify(environment)({ about: "workload", run }) };
}

const broken = () => Promise.reject(Object.assign(new Error("slow down"), { name: "ThrottlingException" }));

describe("the record", () => {
  it("gets every outcome that people are told, and nothing of a run without one", async () => {
    const kept: OutcomeRecord[] = [];
    const keep = (record: OutcomeRecord) => Promise.resolve(void kept.push(record));

    await reported(coolingDown, keep);
    expect(kept).toEqual([]);
    await reported(refused, keep);
    expect(kept).toMatchObject([{ outcome: "Skipped", reason: "NoSafeRemedy", workload: { name: "web" } }]);
  });

  it("gets the outcome also when nobody can be told", async () => {
    const kept: OutcomeRecord[] = [];
    const keep = (record: OutcomeRecord) => Promise.resolve(void kept.push(record));
    const publish = () => Promise.reject(new RemediationError("NotificationFailed", "The topic is gone."));

    await expect(reported(refused, keep, { publish })).rejects.toMatchObject({ name: "NotificationFailed" });
    expect(kept).toHaveLength(1);
  });

  it("changes nothing of an outcome when it cannot be kept, but what the run says of that", async () => {
    const usual = await reported(refused, () => Promise.resolve());
    const counted: string[] = [];
    const measure = (_cluster: string, all: readonly Measurement[]) => counted.push(...all.map(({ name }) => name));
    const unkept = await reported(refused, broken, { measure });

    expect(unkept.report).toEqual({ ...usual.report, record_error: "ThrottlingException" });
    expect(unkept.sent).toEqual(usual.sent);
    expect(counted.filter((name) => name === "RecordsNotKept")).toHaveLength(1);
  });

  it("gets storms and failed runs as outcomes of the whole run", async () => {
    const kept: OutcomeRecord[] = [];
    const environment = {
      ...unreachableEnvironment(new Error("not used")),
      keep: (record: OutcomeRecord) => Promise.resolve(void kept.push(record)),
    };
    const execution = { id: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1", name: "run-1" };
    const error = { Error: "ClusterUnreachable", Cause: "no route" };

    await notify(environment)({ about: "failure", request: { cluster_name: "prod" }, error, execution });

    expect(kept).toMatchObject([{ cluster_name: "prod", reason: "ClusterUnreachable", execution }]);
    expect(kept[0]).not.toHaveProperty("workload");
  });
});
