import { describe, expect, it } from "vitest";
import { ownWords, startOfRun, wasNeverStarted } from "../../../../functions/kinds/failing/container-runs.ts";
import { podFailures } from "../../../../functions/kinds/failing/pod-failures.ts";
import { crashingPod } from "../../../support/objects.ts";

describe("what a container said itself at its end", () => {
  const said = (message: string) => ownWords({ message });

  it("is told as it is where it is short, and not at all where there is nothing", () => {
    expect(said(" panic: no DATABASE_URL\n")).toBe("panic: no DATABASE_URL");
    expect([said(""), said(" \n"), ownWords({}), ownWords(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("is told by its end where it is the last part of a log, which begins with what went well", () => {
    const log = `${"INFO serving a request\n".repeat(60)}ValueError: no DATABASE_URL`;

    expect(said(log)).toMatch(/^…\w[\s\S]*ValueError: no DATABASE_URL$/);
    expect(said(log)?.length).toBeLessThanOrEqual(191);
  });

  it("never brings a credential into what people are told", () => {
    const message = "cannot connect to postgres://shop:hunter2@db:5432/shop";
    const pod = crashingPod({});
    Object.assign(pod.status?.containerStatuses?.[0]?.lastState?.terminated ?? {}, { message });

    expect(podFailures(pod)[0]?.message).toBe("cannot connect to postgres://[hidden]@db:5432/shop");
  });
});

describe("a run", () => {
  it("has no start where the runtime could not start the program", () => {
    const never = { exitCode: 128, startedAt: "1970-01-01T00:00:00Z" };

    expect([wasNeverStarted(never), startOfRun(never)]).toEqual([true, undefined]);
    expect([wasNeverStarted({ exitCode: 1 }), wasNeverStarted(undefined)]).toEqual([false, false]);
  });
});
