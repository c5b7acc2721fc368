import { describe, expect, it } from "vitest";
import { notify } from "../../../functions/notify/handler.ts";
import type { Measurement } from "../../../functions/run/measurement.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

/** As EventBridge tells it, with the fields that nobody reads. */
const detail = {
  executionArn: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1",
  stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:remediation",
  name: "run-1",
  startDate: 1_795_551_211_950,
  stopDate: 1_795_551_299_950,
  input: '{"cluster_name": "prod"}',
  inputDetails: { included: true },
  output: null,
  error: null,
  cause: null,
};

async function tell(event: object) {
  const sent: Notification[] = [];
  const measured: Measurement[] = [];
  const environment = unreachableEnvironment(new Error("not used"), sent, measured as never);
  const report = await notify(environment)({ about: "execution", event: { ...detail, ...event } });
  return { sent, measured, report };
}

describe("an execution that ended without success", () => {
  it.each([
    [{ status: "TIMED_OUT" }, "States.Timeout"],
    [{ status: "ABORTED" }, "Aborted"],
    [{ status: "FAILED", error: "States.Runtime", cause: "An item is too large." }, "States.Runtime"],
    [{ status: "FAILED", error: "States.DataLimitExceeded" }, "States.DataLimitExceeded"],
    [{ status: "FAILED", error: "NotificationFailed" }, "NotificationFailed"],
  ])("is told where it could not tell itself: %j", async (event, reason) => {
    const { sent, report, measured } = await tell(event);

    expect(report).toMatchObject({ outcome: "Unresolved", reason, needs_person: true });
    expect(sent[0]?.subject).toBe(`[prod] Remediation run failed: ${reason}`);
    expect(sent[0]?.text).toContain("may still be in place, unverified");
    expect(sent[0]?.text).not.toContain("No workload was remediated");
    expect(sent[0]?.document.verified).toMatch(/^no: /);
    expect(sent[0]?.text).toContain("Execution: https://eu-west-1.console.aws.amazon.com/states/");
    expect(measured).toContainEqual({ cluster: "prod", name: "NeedsPerson", value: 1 });
  });

  it("is not told twice", async () => {
    const { sent, report } = await tell({ status: "FAILED", error: "ClusterNotFound", cause: "No such cluster." });

    expect([sent, report]).toEqual([[], null]);
  });

  it.each([{ input: null }, { input: "{cut" }, { input: '"text"' }, { input: '{"cluster_name": "a\\nb"}' }])(
    "is told without the cluster's name where its input cannot be read: %j",
    async (event) => {
      expect((await tell({ status: "ABORTED", ...event })).sent[0]?.subject).toMatch(/^\[\(not named\)\]/);
    },
  );
});
