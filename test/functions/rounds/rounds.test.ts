import { describe, expect, it } from "vitest";
import { isDue, rounds } from "../../../functions/rounds/rounds.ts";
import { PatrolInput } from "../../../functions/patrol/patrol.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";

const EVENT = { id: "5f3a1c9e-0d7b-4c1e-9a53-0f2b6f4f8a11", time: "2030-05-06T07:08:09Z" };
const arnOf = (index: number) => `arn:aws:eks:us-east-1:444455556666:cluster/c${index}`;
const clusters = (number: number, everyMinutes: number | undefined) =>
  Array.from({ length: number }, (_, index) => ({ arn: arnOf(index), everyMinutes }));

/** Makes a round, and keeps what was asked for. */
async function roundOver(
  listed: ReturnType<typeof clusters>,
  refused: readonly string[] = [],
  discovered: () => Promise<ReturnType<typeof clusters>> = () => Promise.resolve([]),
) {
  const looks: { id: string; cluster_name: string }[] = [];
  /** How many looks had begun by the beginning of each second. */
  const seconds: number[] = [];
  const answer = rounds(EVENT, {
    clusters: () => Promise.resolve(listed),
    discovered,
    look(input) {
      if (refused.includes(input.cluster_name)) {
        return Promise.reject(new RemediationError("WorkflowNotStarted", "too many requests"));
      }
      looks.push(PatrolInput.parse(input));
      return Promise.resolve();
    },
    nextSecond: () => Promise.resolve(void seconds.push(looks.length)),
  });
  return { looks, seconds, answer: await answer.catch((error: unknown) => error as Error) };
}

describe("a round", () => {
  it("has each cluster that is due looked at, once however often the event comes", async () => {
    const { looks, answer } = await roundOver([...clusters(3, 1), { arn: arnOf(3), everyMinutes: undefined }]);
    const again = await roundOver(clusters(3, 1));

    expect(answer).toEqual({ clusters: 4, looked: 3 });
    expect(looks.map(({ cluster_name }) => cluster_name).sort()).toEqual([0, 1, 2].map(arnOf));
    expect(new Set(looks.map(({ id }) => id)).size).toBe(3);
    expect(again.looks).toEqual(looks);
  });

  it("goes on with the others where one cannot be asked for, and names that one", async () => {
    const { looks, answer } = await roundOver(clusters(40, 1), [arnOf(7)]);

    expect(looks).toHaveLength(39);
    expect(answer).toMatchObject({ name: "WorkflowNotStarted" });
    expect((answer as Error).message).toBe(
      `1 of 40 clusters that were due could not be looked at (${arnOf(7)}): too many requests`,
    );
  });

  it("has those looked at that were discovered, too", async () => {
    const { looks, answer } = await roundOver(clusters(1, 1), [], () =>
      Promise.resolve([
        { arn: arnOf(1), everyMinutes: 1 },
        { arn: arnOf(2), everyMinutes: undefined },
      ]),
    );

    expect(answer).toEqual({ clusters: 3, looked: 2 });
    expect(looks.map(({ cluster_name }) => cluster_name).sort()).toEqual([0, 1].map(arnOf));
  });

  it("goes on with those of the list where it cannot be known which were discovered, and says that", async () => {
    const { looks, answer } = await roundOver(clusters(3, 1), [], () =>
      Promise.reject(new RemediationError("FleetUnreadable", "no table")),
    );

    expect(looks).toHaveLength(3);
    expect(answer).toMatchObject({ name: "FleetUnreadable", message: "no table" });
  });

  it("begins few of them at a time, and all of them within its minute", async () => {
    const few = await roundOver(clusters(25, 1));
    const many = await roundOver(clusters(1_000, 1));

    expect(few.seconds).toEqual([0, 8, 16, 24]);
    expect(many.looks).toHaveLength(1_000);
    expect(many.seconds).toHaveLength(40);
  });

  it("refuses an event that is none of its schedule", async () => {
    const nobody = {
      clusters: () => Promise.resolve([]),
      discovered: () => Promise.resolve([]),
      look: () => Promise.resolve(),
      nextSecond: () => Promise.resolve(),
    };

    await expect(rounds({ ...EVENT, time: "now" }, nobody)).rejects.toMatchObject({ name: "InvalidStepInput" });
  });
});

describe("a cluster", () => {
  it.each([1, 5, 7, 1_440])("is due once in each %d minutes", (everyMinutes) => {
    for (const cluster of clusters(5, everyMinutes)) {
      const minutes = Array.from(
        { length: everyMinutes * 2 },
        (_, minute) => new Date(Date.UTC(2030, 1, 1, 0, minute, 30)),
      );
      const due = minutes.flatMap((moment, minute) => (isDue(cluster, moment) ? [minute] : []));

      expect(due).toHaveLength(2);
      expect((due[1] ?? 0) - (due[0] ?? 0)).toBe(everyMinutes);
    }
  });

  it("is seldom due in the same minute as most others", () => {
    const listed = clusters(100, 5);
    const each = Array.from({ length: 5 }, (_, minute) => {
      const moment = new Date(Date.UTC(2030, 1, 1, 0, minute));
      return listed.filter((cluster) => isDue(cluster, moment)).length;
    });

    expect(Math.max(...each)).toBeLessThan(35);
  });

  it("is never due where nobody is to look by themselves", () => {
    expect(isDue({ arn: arnOf(0), everyMinutes: undefined }, new Date())).toBe(false);
  });
});
