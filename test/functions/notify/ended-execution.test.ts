import { describe, expect, it } from "vitest";
import { notify } from "../../../functions/notify/handler.ts";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
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

async function tell(event: object, describe?: NotifyEnvironment["describe"]) {
  const sent: Notification[] = [];
  const measured: Measurement[] = [];
  const environment = unreachableEnvironment(new Error("not used"), sent, measured as never);
  const report = await notify({ ...environment, ...(describe === undefined ? {} : { describe }) })({
    about: "execution",
    event: { ...detail, ...event },
  });
  return { sent, measured, report };
}

describe("an execution that ended without success", () => {
  it.each([
    [{ status: "TIMED_OUT" }, "States.Timeout"],
    [{ status: "ABORTED" }, "Aborted"],
    [{ status: "FAILED", error: "States.Runtime", cause: "An item is too large." }, "States.Runtime"],
    [{ status: "FAILED", error: "States.DataLimitExceeded" }, "States.DataLimitExceeded"],
    [{ status: "FAILED", error: "NotificationFailed" }, "NotificationFailed"],
    [{ status: "FAILED", error: "WorkloadWithoutOutcome" }, "WorkloadWithoutOutcome"],
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

/** As EventBridge tells it of an execution whose data is encrypted with a key of one's own. */
const bare = { input: undefined, inputDetails: { included: false }, error: undefined, cause: undefined };

describe("an execution whose event leaves out what is encrypted", () => {
  const described = (more: object) => () => Promise.resolve({ input: detail.input, ...more });

  it("is told with what the execution itself says", async () => {
    const asked: string[] = [];
    const { sent } = await tell({ ...bare, status: "FAILED" }, (arn) => {
      asked.push(arn);
      return Promise.resolve({ input: detail.input, error: "States.DataLimitExceeded", cause: "It is too large." });
    });

    expect(asked).toEqual([detail.executionArn]);
    expect(sent[0]?.subject).toBe("[prod] Remediation run failed: States.DataLimitExceeded");
    expect(sent[0]?.text).toContain("It is too large.");
  });

  it.each([{ status: "ABORTED" }, { status: "TIMED_OUT" }])("is told with its cluster's name: %j", async (event) => {
    expect((await tell({ ...bare, ...event }, described({}))).sent[0]?.subject).toMatch(/^\[prod\]/);
  });

  it("is not told twice", async () => {
    const { sent, report } = await tell({ ...bare, status: "FAILED" }, described({ error: "ClusterNotFound" }));

    expect([sent, report]).toEqual([[], null]);
  });

  it("is asked nothing where the event says all", async () => {
    const { sent } = await tell({ status: "ABORTED" }, () => Promise.reject(new Error("not to be asked")));

    expect(sent).toHaveLength(1);
  });

  it.each([
    [{ status: "FAILED" }, "ExecutionUnreadable", "Its error may have been told already, or not."],
    [{ status: "ABORTED" }, "Aborted", "Somebody stopped the execution."],
  ])("is told all the same where it cannot be read: %j", async (event, reason, text) => {
    const { sent } = await tell({ ...bare, ...event }, () =>
      Promise.reject(new RemediationError("ExecutionUnreadable", "You may not use the key.")),
    );

    expect(sent[0]?.subject).toBe(`[(not named)] Remediation run failed: ${reason}`);
    expect(sent[0]?.text).toContain(text);
    expect(sent[0]?.text).toContain("You may not use the key.");
  });
});
