import { StateMachine } from "aws-local-stepfunctions";
import { describe, expect, it } from "vitest";
import { loadDefinition } from "../../local/engine/engine.ts";

interface MapDefinition {
  Label: string;
  MaxConcurrency: number;
  ToleratedFailurePercentage: number;
  ItemSelector: { execution: object };
  ItemProcessor: { ProcessorConfig: object };
}

const { States } = loadDefinition() as unknown as { States: Record<string, MapDefinition> };
const map = States["Remediate each workload"];

/** How a run ends that found so many workloads, and got these results. */
async function endOf(found: number, results: unknown[]): Promise<{ output?: unknown; error?: string; cause?: string }> {
  const machine = new StateMachine(
    { ...loadDefinition(), StartAt: "Any outcome?" },
    {
      validationOptions: { noValidate: true },
    },
  );
  const detection = {
    cluster_name: "prod",
    omitted: 0,
    in_rollout: [],
    resting: {},
    unseen: [],
    storm_seen: [],
    incidents: results,
  };
  try {
    return { output: await machine.run({ found: { workloads: found }, detection } as never).result };
  } catch (error) {
    const { name, message } = (error as { cause: Error }).cause;
    return { error: name, cause: message };
  }
}

const told = (name: string) => ({
  outcome: "Recovered",
  workload: { kind: "Deployment", namespace: "shop", name },
  delivered: true,
});

describe("each workload", () => {
  it("has an execution of its own, whose history is its own", () => {
    expect(map?.ItemProcessor.ProcessorConfig).toEqual({ Mode: "DISTRIBUTED", ExecutionType: "STANDARD" });
    expect(map?.Label).toMatch(/^[A-Za-z0-9]{1,40}$/);
  });

  it("knows the whole run's execution, whose name its claim, its history and its message bear", () => {
    expect(map?.ItemSelector.execution).toEqual({ "id.$": "$$.Execution.Id", "name.$": "$$.Execution.Name" });
  });

  it("goes on when the execution of another one fails", () => {
    expect(map?.ToleratedFailurePercentage).toBe(100);
  });
});

describe("the run that looks after them", () => {
  it("succeeds when every workload came to an outcome that was told", async () => {
    expect(await endOf(2, [told("web"), told("api")])).toMatchObject({
      output: { outcomes: ["Recovered", "Recovered"], workloads_found: 2, workloads_ended: 2 },
    });
  });

  it.each([
    ["is left out of the results", [told("web")]],
    ["is an empty place among the results", [told("web"), null]],
    ["is the error that its execution failed with", [told("web"), { Error: "States.Runtime", Cause: "No such path." }]],
    ["was the only one that it found", [null]],
    ["and every other one is left out of the results", []],
  ])("fails, and says so, when a workload %s", async (_how, results) => {
    expect(await endOf(2, results)).toEqual({
      error: "WorkloadWithoutOutcome",
      cause: expect.stringContaining("Map Run") as string,
    });
  });

  it("fails when an outcome could not be told", async () => {
    expect(await endOf(2, [told("web"), { ...told("api"), delivered: false }])).toMatchObject({
      error: "NotificationFailed",
    });
  });
});
