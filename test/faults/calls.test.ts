import { describe, expect, test } from "vitest";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";
import { Calls, isAt, pointsOf, type Interruption, type Point } from "./calls.ts";
import { crashTrials, interruptionFor, stragglerTrials } from "./crash-trial.ts";

const PATH = "/apis/apps/v1/namespaces/shop/deployments/web";

/** A function that reads, writes and tells, and remembers what it came to. */
function playing(interruption?: Interruption) {
  const happened: string[] = [];
  const note = (what: string) => {
    happened.push(what);
    return Promise.resolve();
  };
  const environment = {
    connect: () => Promise.resolve({ name: "local", get: () => note("read"), patch: () => note("write") }),
    publish: () => note("told"),
  } as unknown as NotifyEnvironment;
  const handle = async (within: NotifyEnvironment) => {
    const cluster = await within.connect("local");
    await cluster.get(PATH);
    await cluster.patch(PATH, [], { dryRun: true });
    await cluster.patch(PATH, []);
    await within.publish({} as never);
    return "answer";
  };
  const calls = new Calls(interruption);
  const call = () =>
    calls.call({ state: "Roll back", functionName: "rollback", environment, input: undefined }, handle);
  return { calls: calls.calls, call, happened };
}

const point = (after: number): Point => ({ state: "Roll back", call: 1, after });

describe("a call of a function", () => {
  test("is recorded, operation by operation, and a dry run counts as a read", async () => {
    const { calls, call } = playing();

    expect(await call()).toBe("answer");
    expect(calls[0]?.operations.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      "read GET deployments",
      "read PATCH deployments, dry run",
      "write PATCH deployments",
      "publish publish",
    ]);
    expect(calls[0]?.answered).toBe(true);
  });

  test("ends where it dies, and nothing of it happens afterwards", async () => {
    const { calls, call, happened } = playing((moment) =>
      isAt(point(3), moment) ? moment.die("Sandbox.Timedout") : undefined,
    );

    await expect(call()).rejects.toThrow(expect.objectContaining({ name: "Sandbox.Timedout" }));
    expect(happened).toEqual(["read", "write", "write"]);
    expect(calls[0]).toMatchObject({ answered: false });
    expect(calls[0]?.operations.at(-1)).toMatchObject({ kind: "publish", sent: false });
  });

  test("that is given up goes on when the next one is done", async () => {
    const { call, happened } = playing((moment) => (isAt(point(2), moment) ? moment.straggle() : undefined));

    await expect(call()).rejects.toThrow(expect.objectContaining({ name: "Lambda.SdkClientException" }));
    expect(happened).toEqual(["read", "write"]);
    expect(await call()).toBe("answer");
    expect(happened.slice(2)).toEqual(["read", "write", "write", "told", "write", "told"]);
  });
});

describe("the trials of a call", () => {
  test("are before it, after each of its effects, and at its answer", async () => {
    const { calls, call } = playing();
    await call();

    expect(calls.flatMap(pointsOf).map(({ after }) => after)).toEqual([0, 3, 4]);
    expect(stragglerTrials(calls).map(({ point: { after } }) => after)).toEqual([2, 3]);
  });

  test("name every error before it, and none of a function that never ran after its effect", async () => {
    const { calls, call } = playing();
    await call();
    const names = (after: number) =>
      crashTrials(calls).flatMap((trial) => (trial.kind === "once" && trial.point.after === after ? [trial.name] : []));

    expect(names(0)).toContain("Lambda.TooManyRequestsException");
    expect(names(4)).toContain("Runtime.ExitError");
    expect(names(4)).not.toContain("Lambda.TooManyRequestsException");
  });

  test("that always fail fail at the answer of a call that has less to do", async () => {
    const trial = { kind: "always", name: "Lambda.Unknown", point: point(9) } as const;
    const { call } = playing(interruptionFor(trial, () => undefined));

    await expect(call()).rejects.toThrow();
    await expect(call()).rejects.toThrow();
  });
});
