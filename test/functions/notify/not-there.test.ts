import { describe, expect, it } from "vitest";
import { workloadMessage } from "../../../functions/notify/message.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import { reportOf } from "../../../functions/run/telling.ts";
import { NOT_THERE } from "../../../functions/shared/errors.ts";
import { incident, NOW, policy } from "../../support/objects.ts";
import { claimedRun } from "../../support/runs.ts";

type Error = (typeof NOT_THERE)[number];

/** What people are told of what was not there when it was looked for. */
function told(error: Error, over: Partial<Incident> = {}) {
  const message = "It does not exist.";
  const run = claimedRun({
    incident: incident({ failures: [], failing_pods: 0, sample_pods: [], missing: { error, message }, ...over }),
    error: { Error: error, Cause: message },
  });
  return workloadMessage(run, reportOf(run, policy(), NOW)).document;
}

describe("what is told of something that is not there", () => {
  it.each(NOT_THERE)("%s says to ask by another name, and gives no command for what is not there", (error) => {
    const { next_steps, hands_off, hand_back, commands } = told(error);

    expect(next_steps).toEqual(["Ask again with the name of what is there, if it was mistyped."]);
    expect([...hands_off, ...hand_back]).toEqual([]);
    expect(commands.filter((command) => command.includes("deployment"))).toEqual([]);
  });

  it("shows which namespaces there are where its own is not", () => {
    expect(told("NamespaceNotFound").commands.at(-1)).toMatch(/^kubectl .*get namespaces$/);
    expect(told("WorkloadNotFound").commands.join("; ")).toContain("-n shop get pods");
  });

  it("asks for nothing where nobody had named it", () => {
    expect(told("WorkloadNotFound", { missing: undefined }).next_steps).toEqual([]);
  });
});
