import { describe, expect, it } from "vitest";
import { clearAway } from "../../../functions/claim/clear-away.ts";
import { claim } from "../../../functions/claim/handler.ts";
import { historyOf, lastUseOf } from "../../../functions/run/lease.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import { NOTHING_RESTS, type Detection, type StormMemory } from "../../../functions/run/detection.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { admittingClusterForEach, environmentAt } from "../../support/admitting-cluster.ts";
import { interruptedCluster } from "../../support/interrupted-cluster.ts";
import { policy } from "../../support/objects.ts";

/** Pauses of 200, 400, 800 seconds and so on. */
const RULES = policy({ cool_down: { base_seconds: 100, max_seconds: 1_000 } });
const EVERY_SECONDS = 50;
const DAY = 86_400;

const at = admittingClusterForEach();

const storm: Detection = {
  ...{ status: "storm", cluster_name: "prod", dry_run: false, pods_seen: 40, workloads_seen: 40, failing_pods: 40 },
  ...{
    incidents: [],
    omitted: 0,
    out_of_scope: 0,
    in_rollout: [],
    resting: NOTHING_RESTS,
    unseen: [],
    storm_seen: [],
    storm: "40 of 40 workloads fail.",
  },
};

let runs = 0;
/** What a run that meets the storm is answered; it tells of it then, where it can. */
async function meet(
  detection: Partial<Detection> = {},
  name = `run-${++runs}`,
  rules = RULES,
  canTell = true,
): Promise<StormMemory> {
  const step = claim(environmentAt(at, rules));
  const input = { detection: { ...storm, ...detection }, execution: { id: name, name } };
  const memory = (await step({ operation: "storm", ...input })) as StormMemory;
  if (memory.status === "tell" && canTell) await step({ operation: "storm_told", ...input });
  return memory;
}

/** What a run is answered that has told of the storm, and notes that. */
async function noteTold(name: string): Promise<StormMemory> {
  const input = { detection: storm, execution: { id: name, name } };
  return (await claim(environmentAt(at, RULES))({ operation: "storm_told", ...input })) as StormMemory;
}

const cannotTell = (detection: Partial<Detection> = {}, name = `run-${++runs}`) => meet(detection, name, RULES, false);

/** When a storm is told that lasts for so many seconds from now on, in seconds since its begin. */
async function toldDuring(seconds: number, detection: Partial<Detection> = {}): Promise<number[]> {
  const told: number[] = [];
  for (let passed = 0; passed <= seconds; passed += EVERY_SECONDS) {
    if ((await meet(detection)).status === "tell") told.push(passed);
    at.clock.pass(EVERY_SECONDS);
  }
  return told;
}

async function leases(): Promise<Lease[]> {
  return await at.cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE));
}

describe("a storm that goes on", () => {
  it("is told when it begins, and then after pauses that double, whatever the longest of a workload is", async () => {
    expect(await toldDuring(4_000)).toEqual([0, 200, 600, 1_400, 3_000]);
  });

  it("is the same one for a schedule that comes seldom, and misses it once", async () => {
    const rules = policy({ cool_down: { base_seconds: 100, max_seconds: 20_000 }, schedule_seconds: 1_800 });
    const told: number[] = [];
    for (const run of [0, 1, 2, 4, 5, 6, 7, 8, 9]) {
      if ((await meet({}, `seldom-${run}`, rules)).status === "tell") told.push(run);
      at.clock.pass(run === 2 ? 2 * 1_800 - 1 : 1_800);
    }

    // The pauses double from 200 seconds on, which is less than an interval at first.
    expect(told).toEqual([0, 1, 2, 4, 5, 7]);
  });

  it("says meanwhile when it was told, and when it is told again", async () => {
    const begun = at.clock.now();
    await meet();
    at.clock.pass(EVERY_SECONDS);

    const { status, message } = await meet();

    expect(status).toBe("known");
    expect(message).toContain(`told of this storm at ${begun.toISOString()}`);
    expect(message).toContain(`from ${new Date(begun.getTime() + 200_000).toISOString()} on`);
  });

  it("is told by one of two runs that meet it at the same moment, at its begin and later", async () => {
    const atOnce = async () => (await Promise.all([meet(), meet()])).map(({ status }) => status).sort();

    expect(await atOnce()).toEqual(["known", "tell"]);
    for (let passed = 0; passed < 150; passed += EVERY_SECONDS) {
      at.clock.pass(EVERY_SECONDS);
      expect(await atOnce()).toEqual(["known", "known"]);
    }
    at.clock.pass(EVERY_SECONDS);
    expect(await atOnce()).toEqual(["known", "tell"]);
  });

  it("is told by the run whose first answer was lost", async () => {
    await cannotTell({}, "same-run");
    at.clock.pass(10);

    expect(await meet({}, "same-run")).toEqual({ status: "tell" });
    expect((await leases()).map((lease) => historyOf(lease).length)).toEqual([1]);
  });

  it("is told by the next run where one could not tell it, and then after the same pauses", async () => {
    for (let run = 0; run < 3; run++) {
      expect(await cannotTell()).toEqual({ status: "tell" });
      at.clock.pass(EVERY_SECONDS);
    }

    expect(await toldDuring(1_000)).toEqual([0, 200, 600]);
    at.clock.pass(400);
    expect(await cannotTell()).toEqual({ status: "tell" });
    at.clock.pass(EVERY_SECONDS);
    expect(await meet()).toEqual({ status: "tell" });
    expect(await meet()).toMatchObject({ status: "known" });
    const [lease] = await leases();
    expect(historyOf(lease ?? {}).filter(({ told }) => told === null)).toEqual([]);
  });

  it("is left to the run that is about to tell it, but for what that does not tell", async () => {
    await cannotTell({ storm_marks: ["a", "b"] }, "teller");
    at.clock.pass(10);

    expect(await meet({ storm_marks: ["b"] })).toEqual({
      status: "known",
      message: "Subscribers are being told of this storm by teller.",
    });
    expect(await meet({ storm_marks: ["b", "c"] })).toEqual({ status: "tell" });
  });

  it("is told by the next run where one was overtaken, whatever that notes of it later", async () => {
    await cannotTell({}, "late");
    at.clock.pass(60);
    expect(await cannotTell({}, "next")).toEqual({ status: "tell" });
    await noteTold("late");
    at.clock.pass(60);

    expect(await meet()).toEqual({ status: "tell" });
  });

  it("has nothing noted of it where somebody has deleted its Lease before it was told", async () => {
    await cannotTell({}, "teller");
    const [lease] = await leases();
    await at.cluster.delete(paths.lease(CLAIM_NAMESPACE, "storm"), { uid: lease?.metadata?.uid ?? "" });

    expect(await noteTold("teller")).toEqual({ status: "known" });
    expect(await leases()).toEqual([]);
  });
});

describe("the next storm", () => {
  it("is told at once when nothing was seen of the last one for as long as the first pause", async () => {
    expect(await toldDuring(1_000)).toEqual([0, 200, 600]);
    at.clock.pass(200 - EVERY_SECONDS);

    expect(await toldDuring(1_000)).toEqual([0, 200, 600]);
  });

  it("is the same one when it was away for less", async () => {
    expect(await toldDuring(600)).toEqual([0, 200, 600]);
    at.clock.pass(200 - EVERY_SECONDS - 1);

    expect(await meet()).toMatchObject({ status: "known" });
  });

  it("is another one on another node, and in the whole cluster, each with pauses of its own", async () => {
    const node = (name: string) => ({ storm_node: name, storm_marks: [name] });

    expect(await toldDuring(600, node("node-1"))).toEqual([0, 200, 600]);
    expect(await meet(node("node-2"))).toEqual({ status: "tell" });
    expect(await meet()).toEqual({ status: "tell" });
    expect(await meet(node("node-1"))).toMatchObject({ status: "known" });
    at.clock.pass(150);
    expect(await meet(node("node-1"))).toMatchObject({ status: "known" });
    at.clock.pass(50);
    expect(await meet(node("node-2"))).toEqual({ status: "tell" });
    expect(await meet(node("node-1"))).toMatchObject({ status: "known" });
  });

  it("is another one in a namespace that it is limited to", async () => {
    const shop = { storm_namespace: "shop", storm_marks: ["shop"] };

    expect(await meet(shop)).toEqual({ status: "tell" });
    expect(await meet()).toEqual({ status: "tell" });
    expect(await meet({ storm_namespace: "blog", storm_marks: ["blog"] })).toEqual({ status: "tell" });
    expect(await meet(shop)).toMatchObject({ status: "known" });
  });

  it("is the same one while some of what it is of comes and goes, and is told at once of what is new", async () => {
    const of = (...marks: string[]) => meet({ storm_marks: marks });
    const asked = [];
    for (const marks of [["a", "b"], ["b", "a"], ["a"], ["b"], ["a", "b"], ["b", "c"], ["a", "c"], ["c"]]) {
      asked.push((await of(...marks)).status);
      at.clock.pass(10);
    }

    expect(asked).toEqual(["tell", "known", "known", "known", "known", "tell", "known", "known"]);
  });

  it("is not told so soon again of a part that was told with something new since", async () => {
    const of = (...marks: string[]) => meet({ storm_marks: marks });
    await of("a", "b");
    at.clock.pass(10);
    expect(await of("b", "c")).toEqual({ status: "tell" });
    at.clock.pass(195);

    // Of a and b it would be told again by now.
    expect(await of("a")).toMatchObject({ status: "known" });
  });

  it("is the same one for all that it is of now, however much it was of before", async () => {
    // Of those that it was of the last time there is one left.
    const sixty = (from: number) => Array.from({ length: 60 }, (_, index) => `${from + index}`.padStart(12, "0"));

    for (const from of [0, 59, 118]) {
      expect(await meet({ storm_marks: sixty(from) })).toEqual({ status: "tell" });
      expect(await meet({ storm_marks: sixty(from) })).toMatchObject({ status: "known" });
    }
  });

  it("is another one in another part of the cluster", async () => {
    const parts = [{}, { namespace: "shop" }, { namespace: "blog" }];

    for (const part of parts) expect(await meet(part)).toEqual({ status: "tell" });
    for (const part of parts) expect(await meet(part)).toMatchObject({ status: "known" });
  });
});

/** What an execution is answered that sees no storm any more. */
async function end(name = `run-${++runs}`): Promise<StormMemory> {
  const input = { detection: { ...storm, status: "healthy", storm: undefined }, execution: { id: name, name } };
  return (await claim(environmentAt(at, RULES))({ operation: "storm_over", ...input })) as StormMemory;
}

describe("the end of a storm", () => {
  it("is told once, by the first run that sees none after it was away for as long as the first pause", async () => {
    await toldDuring(600);
    at.clock.pass(100);
    expect(await end()).toEqual({ status: "known" });
    at.clock.pass(100);

    const told = await Promise.all([end("a"), end("b")]);
    expect(told.map(({ status }) => status).sort()).toEqual(["known", "tell"]);
    at.clock.pass(1_000);
    expect(await end()).toEqual({ status: "known" });
  });

  it("is told by the run whose first answer was lost", async () => {
    await meet();
    at.clock.pass(201);
    await end("same-run");

    expect(await end("same-run")).toEqual({ status: "tell" });
  });

  it("is told of none that nobody was told of, or that nobody remembers", async () => {
    expect(await end()).toEqual({ status: "known" });
    await cannotTell();
    at.clock.pass(201);
    expect(await end()).toEqual({ status: "known" });
  });

  it("takes twice as long each time within a day, so that one that comes and goes is told a few times", async () => {
    const ends: number[] = [];
    for (let passed = 0; passed < 12_000; passed += 50) {
      const isThere = passed % 400 === 0;
      if (isThere) await meet();
      else if ((await end()).status === "tell") ends.push(passed);
      at.clock.pass(50);
    }

    // Then 400 seconds without are too few.
    expect(ends).toEqual([200]);
    at.clock.pass(DAY);
    await meet();
    at.clock.pass(201);
    expect(await end()).toEqual({ status: "tell" });
    // A day after that it is forgotten.
    at.clock.pass(DAY);
    await meet();
    at.clock.pass(200);
    expect(await end()).toEqual({ status: "tell" });
  });
});

describe("the Lease of a storm", () => {
  it("names the node, or the namespace, for whoever reads it", async () => {
    await meet({ storm_node: "node-1", storm_marks: ["a"] });
    await meet({ storm_namespace: "shop", storm_marks: ["b"] });
    const [lease] = await leases();

    expect(historyOf(lease ?? {})).toMatchObject([{ namespace: "shop" }, { node: "node-1" }]);
  });

  it("tells when the storm was over", async () => {
    await meet();
    at.clock.pass(201);
    await end("run-b");
    const [lease] = await leases();

    expect(lastUseOf(lease ?? {})).toEqual(at.clock.now());
    expect(historyOf(lease ?? {})).toEqual([
      {
        at: at.clock.now().toISOString(),
        execution: "run-b",
        cause: "FailureStorm",
        action: "none",
        outcome: "Recovered",
      },
    ]);
  });

  it("is held by nobody, tells the tellings, and carries the labels by which unused claims are found", async () => {
    await meet({}, "run-a");
    const [lease] = await leases();

    expect(lease?.metadata).toMatchObject({
      name: "storm",
      labels: {
        "app.kubernetes.io/managed-by": "eks-remediation",
        "eks-remediation/used": at.clock.now().toISOString().slice(0, 10),
      },
    });
    expect(lease?.spec?.holderIdentity).toBeUndefined();
    expect(historyOf(lease ?? {})).toEqual([
      {
        at: at.clock.now().toISOString(),
        execution: "run-a",
        cause: "FailureStorm",
        action: "none",
        outcome: "Storm",
        marks: ["*"],
      },
    ]);
  });

  it("is removed with the claims that nobody uses any more", async () => {
    await toldDuring(600);
    const day = (days: number) => new Date(at.clock.now().getTime() + days * DAY * 1_000);

    await clearAway(at.cluster, RULES, day(0));
    expect(await leases()).toHaveLength(1);
    await clearAway(at.cluster, RULES, day(2));
    expect(await leases()).toEqual([]);
  });

  it("is not written by a dry run, which tells always", async () => {
    expect(await meet({ dry_run: true })).toEqual({ status: "tell" });
    expect(await leases()).toEqual([]);
    await meet();
    const before = await leases();

    expect(await meet({ dry_run: true })).toEqual({ status: "tell" });
    expect(await leases()).toEqual(before);
  });

  it("is not read by a dry run, which may perhaps not do that", async () => {
    const { server } = await at.cluster.access();
    const cluster = interruptedCluster(server, () => Promise.reject(new Error("It is asked for something.")));
    const step = claim({ ...environmentAt(at, RULES), connect: () => Promise.resolve(cluster) });
    const input = { detection: { ...storm, dry_run: true }, execution: { id: "run", name: "run" } };

    expect(await step({ operation: "storm", ...input })).toEqual({ status: "tell" });
    expect(await step({ operation: "storm_told", ...input })).toEqual({ status: "known" });
  });
});

describe("a storm that lasts for days", () => {
  it("is told once a day in the end", async () => {
    const rules = policy({ cool_down: { base_seconds: 300 } });
    const hours: number[] = [];
    for (let hour = 0; hour <= 92; hour++) {
      for (let passed = 0; passed < 3_600; passed += 400) {
        if ((await meet({}, `long-${hour}-${passed}`, rules)).status === "tell") hours.push(hour);
        at.clock.pass(400);
      }
    }

    expect(hours).toEqual([0, 0, 0, 1, 2, 5, 10, 21, 42, 66, 90]);
  });
});
