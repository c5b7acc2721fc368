import { describe, expect, it } from "vitest";
import { decisionLines } from "../../../functions/notify/decide.ts";
import { parseRequest } from "../../../functions/run/request.ts";
import type { Report } from "../../../functions/run/contracts.ts";
import { claimedRun } from "../../support/runs.ts";

const PROPOSED: Report = {
  outcome: "Skipped",
  cause: "CrashLoopAfterRollout",
  action: "none",
  reason: "ApprovalNeeded",
  summary: "",
  needs_person: true,
  plan: "0123456789abcdef",
  valid_until: "2026-06-02T12:00:00.000Z",
};

describe("what people are told of a plan that waits for an answer", () => {
  it("is a request to approve it and one to decline it, which the workflow takes", () => {
    const requests = decisionLines(claimedRun(), PROPOSED).map((text) => /'(.*)'$/.exec(text)?.[1] ?? "");

    expect(requests.map((text) => parseRequest(JSON.parse(text)))).toMatchObject([
      { action: "approve", name: "web", plan: PROPOSED.plan, origin: "person" },
      { action: "decline", name: "web", plan: PROPOSED.plan, origin: "person" },
    ]);
  });

  it("has the state machine and its region, where it runs in AWS", () => {
    const id = "arn:aws:states:eu-west-1:123456789012:execution:remediation-prod:run-1";
    const [approve] = decisionLines(claimedRun({ execution: { id, name: "run-1" } }), PROPOSED);

    expect(approve).toContain(
      "Approve it until 2026-06-02T12:00:00.000Z: aws stepfunctions start-execution --region eu-west-1 " +
        "--state-machine-arn arn:aws:states:eu-west-1:123456789012:stateMachine:remediation-prod --input '{",
    );
  });

  it("names no region where it runs on one's own machine", () => {
    const id = "arn:aws:states:local:000000000000:execution:remediation:run-1";
    const lines = decisionLines(claimedRun({ execution: { id, name: "run-1" } }), PROPOSED).join("\n");

    expect(lines).not.toContain("aws ");
    expect(lines).toContain("npm start -- --context CONTEXT --input '{");
  });

  it("is nothing where no plan waits", () => {
    const { plan: _plan, ...without } = PROPOSED;

    expect(decisionLines(claimedRun(), without)).toEqual([]);
  });
});
