import { readFileSync } from "node:fs";
import aslValidator from "asl-validator";
import { describe, expect, it } from "vitest";
import { ERROR_NAMES } from "../../functions/shared/errors.ts";
import { changesWorkload } from "../../statemachines/by-name.ts";
import { DEFINITION_FILE, loadDefinition, STEPS } from "../../local/engine/engine.ts";

interface State {
  Type: string;
  Resource?: string;
  Next?: string;
  Default?: string;
  End?: boolean;
  ItemProcessor?: Machine;
  TimeoutSeconds?: number;
  Retry?: { ErrorEquals: string[]; MaxAttempts?: number; JitterStrategy?: string; MaxDelaySeconds?: number }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Choices?: { Next: string }[];
}

interface Machine {
  StartAt: string;
  States: Record<string, State>;
}

const text = readFileSync(DEFINITION_FILE, "utf8");
const definition = loadDefinition() as unknown as Machine;

/** The machine and every machine nested in its Map states. */
function machines(machine: Machine): Machine[] {
  return [
    machine,
    ...Object.values(machine.States).flatMap((state) => (state.ItemProcessor ? machines(state.ItemProcessor) : [])),
  ];
}

/** Where each Choice leads when no rule holds, nor one of the Choices that it leads to. */
function defaultsOf({ States }: Machine): Record<string, string> {
  const follow = (name: string): string => {
    const next = States[name]?.Default;
    return next === undefined ? name : follow(next);
  };
  const choices = Object.entries(States).filter(([, { Type }]) => Type === "Choice");
  return Object.fromEntries(choices.map(([name]) => [name, follow(name)]));
}

const states = machines(definition).flatMap((machine) => Object.entries(machine.States));

/** Errors that Step Functions and Lambda name themselves. Source: the Step Functions developer guide, "Handling errors". */
const SERVICE_ERRORS = [
  "States.ALL",
  "States.Timeout",
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  "Lambda.Unknown",
  "Lambda.ClientExecutionTimeoutException",
  "Runtime.ExitError",
  "Sandbox.Timedout",
];

describe("the definition", () => {
  it("is valid Amazon States Language", () => {
    const { isValid, errorsText } = aslValidator(definition, { checkPaths: true, checkArn: true });

    expect(errorsText("\n")).toBe("");
    expect(isValid).toBe(true);
  });

  it("uses JSONPath throughout, which the local engine runs faithfully", () => {
    expect(text).not.toMatch(/"QueryLanguage"|"Assign"|"Arguments"|"Output"\s*:/);
  });

  it("calls each of the workflow's functions, and nothing else", () => {
    const called = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));

    expect([...called].sort()).toEqual(Object.keys(STEPS).sort());
    expect(
      states.filter(([, { Type, Resource }]) => Type === "Task" && Resource?.includes(":function:") !== true),
    ).toEqual([]);
  });

  it("reaches every state", () => {
    for (const machine of machines(definition)) {
      const reached = new Set<string>();
      const visit = (name: string | undefined) => {
        if (name === undefined || reached.has(name)) return;
        reached.add(name);
        const state = machine.States[name];
        expect(state, `${name} is named as a next state`).toBeDefined();
        [
          state?.Next,
          state?.Default,
          ...(state?.Choices ?? []).map(({ Next }) => Next),
          ...(state?.Catch ?? []).map(({ Next }) => Next),
        ].forEach(visit);
      };
      visit(machine.StartAt);

      expect([...reached].sort()).toEqual(Object.keys(machine.States).sort());
    }
  });

  it("retries and catches only errors that exist", () => {
    const named = states.flatMap(([, state]) =>
      [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap(({ ErrorEquals }) => ErrorEquals),
    );

    expect(named.filter((name) => !SERVICE_ERRORS.includes(name) && !ERROR_NAMES.includes(name as never))).toEqual([]);
  });

  it("gives every task the retries that a definition written by hand does not get by itself, a time limit, and a catch for everything", () => {
    const tasks = states.filter(([, { Type }]) => Type === "Task");

    expect(tasks.length).toBeGreaterThan(10);
    for (const [name, task] of tasks) {
      const retried = task.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals) ?? [];
      expect(retried, name).toEqual(
        expect.arrayContaining([
          "Lambda.ServiceException",
          "Lambda.AWSLambdaException",
          "Lambda.SdkClientException",
          "Lambda.TooManyRequestsException",
          "States.Timeout",
          ...["ClusterUnreachable", "ClusterUnavailable", "ClusterThrottled"],
        ]),
      );
      expect(
        task.Catch?.some(({ ErrorEquals }) => ErrorEquals.includes("States.ALL")),
        name,
      ).toBe(true);
      expect(task, name).toHaveProperty("TimeoutSeconds");
    }
  });

  it("tries a scheduled look at a cluster that cannot be reached once more, and a request that nobody repeats more often", () => {
    const attempts = (state: string) =>
      states
        .find(([name]) => name === state)?.[1]
        .Retry?.find(({ ErrorEquals }) => ErrorEquals.includes("ClusterUnreachable"))?.MaxAttempts;

    expect(attempts("Detect failures")).toBe(1);
    expect(attempts("Find workload")).toBe(4);
  });

  it("ends by itself: the run as a whole has a time limit, and so has every pause before a retry", () => {
    const retries = states.flatMap(([, { Retry = [] }]) => Retry);

    expect((definition as { TimeoutSeconds?: number }).TimeoutSeconds).toBe(86_400);
    expect(retries.length).toBeGreaterThan(10);
    for (const retry of retries) {
      // Many executions that meet the same trouble do not come back at the same moment.
      expect(retry).toMatchObject({ JitterStrategy: "FULL", MaxDelaySeconds: 30 });
    }
  });

  it("is closed by default: a workload of which no rule knows what to do is reported", () => {
    const [run, iteration] = machines(definition).map(defaultsOf);

    expect(new Set(Object.values(iteration ?? {}))).toEqual(new Set(["Report outcome", "Nobody was told"]));
    // Around the workloads, it looks, tells or ends. What begins for each of them is closed in itself.
    expect(run).toEqual({
      "Which request?": "Detect failures",
      "Anything failing?": "Count workloads",
      "Is its end told?": "Report the storm's end",
      "Failure storm?": "Count workloads",
      "Told before?": "Report storm",
      "Anything beside the storm?": "Storm",
      "Any outcome?": "Workload without outcome",
      "Is none missing?": "Workload without outcome",
      "Was everyone told?": "Done",
    });
  });

  it("changes a workload only where a rule of a Choice asks for it, never by default, by the way or after an error", () => {
    const ways = states.flatMap(([from, { Next, Default, Catch = [] }]) =>
      [Next, Default, ...Catch.map((caught) => caught.Next)].flatMap((to) => (to === undefined ? [] : [{ from, to }])),
    );

    expect(ways.length).toBeGreaterThan(40);
    expect(ways.filter(({ to }) => changesWorkload(to))).toEqual([]);
    expect(
      machines(definition)
        .map(({ StartAt }) => StartAt)
        .filter(changesWorkload),
    ).toEqual([]);
  });

  it("leads every way through a workload's iteration past the report and the release", () => {
    const iteration = machines(definition)[1];
    const ends = (name: string, seen: string[]): string[][] => {
      if (seen.includes(name)) return [];
      const path = [...seen, name];
      const state = iteration?.States[name];
      if (state === undefined || state.End === true) return [path];
      const next = [
        state.Next,
        state.Default,
        ...(state.Choices ?? []).map(({ Next }) => Next),
        ...(state.Catch ?? []).map(({ Next }) => Next),
      ];
      const onward = next.filter((candidate) => candidate !== undefined).flatMap((candidate) => ends(candidate, path));
      return state.Type === "Task" && name === "Release workload" ? [path, ...onward] : onward;
    };
    const paths = ends(iteration?.StartAt ?? "", []);

    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) expect(path).toEqual(expect.arrayContaining(["Report outcome", "Release workload"]));
  });
});
