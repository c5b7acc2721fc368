import { expect, it } from "vitest";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { observed, PATCHED, told, workload } from "../observed.ts";
import { endpointViolations, type Silenced } from "./judge.ts";
import type { EndpointTrial } from "./trial.ts";

const trial: EndpointTrial = {
  ...{ situation: "bad-rollout", during: "verify", lasts: "once" },
  trouble: { kind: "request", silence: "swallowed", at: "first" },
};
const unconnected: EndpointTrial = { ...trial, trouble: { kind: "connection", deadEnd: "mute" } };

function broken(more: Partial<Silenced>): string[] {
  return endpointViolations({ trial, seen: observed({}), calls: [], events: [], later: undefined, ...more });
}

function saying(name: "ClusterUnavailable" | "Forbidden" | "StepFailed"): Silenced["events"] {
  return [{ type: "failed", state: "Verify", error: new RemediationError(name, "no answer") }];
}

it("finds nothing where the step gave up in time, and said that there was no answer", () => {
  expect(broken({ calls: [{ state: "Verify", milliseconds: 4_900 }], events: saying("ClusterUnavailable") })).toEqual(
    [],
  );
});

it("finds a step that Lambda would have ended", () => {
  expect(broken({ calls: [{ state: "Verify", milliseconds: 5_100 }] })).toEqual(['"Verify" took 5.1 s of 5 s']);
});

it("finds a step that says something else", () => {
  expect(broken({ events: saying("StepFailed") })).toEqual(['"Verify" says StepFailed: no answer']);
});

it("finds a step that was not even connected, and says that the answer took too long", () => {
  expect(broken({ trial: unconnected, events: saying("ClusterUnavailable") })).toEqual([
    '"Verify" says ClusterUnavailable: no answer',
  ]);
});

it("finds a message about a failed run that does not say what happened", () => {
  const message = { ...told(workload({ outcome: "Unresolved" })), text: "Sandbox.Timedout", report: {} };
  const seen = observed({
    ...{ result: { status: "failed", error: { name: "ClusterUnreachable", cause: "" } }, workloads: [], requests: [] },
    notifications: [message as never],
  });

  expect(broken({ seen })).toContainEqual(expect.stringContaining("does not name what happened: Sandbox.Timedout"));
});

it("finds a remedy that is repeated when the endpoint answers again", () => {
  const later = observed({ requests: PATCHED });

  expect(broken({ trial: { ...trial, lasts: "for good" }, later }).join("; ")).toMatch(/no-repeat: when it answers/);
});
