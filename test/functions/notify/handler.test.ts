import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { notify } from "../../../functions/notify/handler.ts";
import type { Diagnosis, WorkloadRun } from "../../../functions/run/contracts.ts";
import type { Refusal } from "../../../functions/run/refusals.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import { ApiServer, refusal } from "../../support/api-server.ts";
import { NOW } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const EVENTS = "/api/v1/namespaces/shop/events";

let api: ApiServer;
let sent: Notification[];
let environment: NotifyEnvironment;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("POST", EVENTS, { status: 201, body: {} });
  sent = [];
  environment = {
    ...unreachableEnvironment(new Error("not used"), sent),
    connect: () => Promise.resolve(api.cluster()),
    now: () => NOW,
  };
});
afterEach(() => api.stop());

const KNOWN = { workload_uid: "web-uid" };

const recovered: WorkloadRun = {
  ...claimedRun({ diagnosis: diagnosis(KNOWN), remedy: remedyResult() }),
  verification: {
    verdict: "recovered",
    reasons: [],
    wait_seconds: 1,
    observation: { digest: "d", well_since: NOW.toISOString() },
  },
};

/** A run for which no remedy was found. */
function refused(refusal: Refusal, overrides: Partial<Diagnosis> = KNOWN): WorkloadRun {
  return claimedRun({ diagnosis: diagnosis({ remedy: { action: "none", refusal, message: "m" }, ...overrides }) });
}

const tell = (run: WorkloadRun) => notify(environment)({ about: "workload", run });

describe("a report of an outcome", () => {
  it("shows it on the workload, and tells everyone", async () => {
    expect(await tell(recovered)).toMatchObject({ outcome: "Recovered" });

    expect(api.writes).toMatchObject([{ path: EVENTS, body: { reason: "RemediationRecovered", type: "Normal" } }]);
    expect(sent).toHaveLength(1);
  });

  it("is the same, and told all the same, when the Event is refused", async () => {
    const usual = await tell(recovered);
    api.on("POST", EVENTS, refusal(403, "events is forbidden"));

    expect(await tell(recovered)).toEqual(usual);
    expect(sent).toHaveLength(2);
  });

  it("is on the workload also when nobody can be told", async () => {
    const unheard = {
      ...environment,
      publish: () => Promise.reject(new RemediationError("NotificationFailed", "The topic is gone.")),
    };

    await expect(notify(unheard)({ about: "workload", run: recovered })).rejects.toMatchObject({
      name: "NotificationFailed",
    });
    expect(api.writes).toHaveLength(1);
  });

  it("shows on the workload why nothing was done", async () => {
    await tell(refused("NoSafeRemedy"));

    expect(api.writes).toMatchObject([{ body: { reason: "RemediationSkipped", type: "Warning" } }]);
  });

  it.each<[string, WorkloadRun]>([
    ["a dry run", { ...refused("NoSafeRemedy"), dry_run: true }],
    ["a rollout that may still succeed, which the next scan meets again", refused("RolloutInProgress")],
    ["a workload that recovered by itself", refused("NotFailingAnymore")],
    ["a workload that was never read", refused("NothingRecreatesIt", {})],
    ["a namespace that the policy keeps the workflow out of", refused("NamespaceNotAllowed")],
    [
      "a workload that cools down, which the next scan meets again",
      { ...recovered, claim: { status: "refused", lease: "l", refusal: "CoolingDown", message: "m" } },
    ],
  ])("asks nothing of the cluster about %s", async (_what, run) => {
    await tell(run);

    expect(api.requests).toEqual([]);
  });
});
