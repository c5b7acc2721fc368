import { describe, expect, it } from "vitest";
import { discoverIn, type Account, type Place } from "../../../../functions/notify/discovery/discover.ts";
import type { Discovered } from "../../../../functions/shared/discovered.ts";

const NOW = new Date("2030-06-01T12:05:00.000Z");
const BEFORE_AT = "2030-06-01T12:00:00.000Z";
const ROLES = "arn:aws:iam::444455556666:role/hub-discovered";
const PLACE: Place = {
  account: "444455556666",
  region: "us-east-1",
  tag: "on",
  roles: ROLES,
  listed: new Set(["listed"]),
};
const FUNCTIONS = [
  { name: "detect", group: "detect" },
  { name: "patrol", group: "detect" },
];
const ALL = FUNCTIONS.map(({ name }) => `${ROLES}-${name}`);
const READY = { hasEndpoint: true, takesAccessEntries: true, admitted: ALL };

type State = NonNullable<Awaited<ReturnType<Account["state"]>>>;

/** An account with these clusters, by their names: the value of the tag, and what else is asked about. */
function accountWith(clusters: Record<string, { tag?: string; state?: Partial<State>; error?: string }>) {
  const asked: string[] = [];
  const account: Account = {
    names: () => Promise.resolve(Object.keys(clusters)),
    tags(name) {
      asked.push(`tags ${name}`);
      const { tag, error } = clusters[name] ?? {};
      if (error !== undefined) return Promise.reject(new Error(error));
      return Promise.resolve({ other: "on", ...(tag === undefined ? {} : { "eks-remediation": tag }) });
    },
    state(name) {
      asked.push(`state ${name}`);
      return Promise.resolve({ ...READY, ...clusters[name]?.state });
    },
  };
  return { account, asked };
}

function knownOf(...clusters: Discovered["clusters"]): Discovered {
  const { account, region } = PLACE;
  return { ...{ account, region, roles: ROLES, at: BEFORE_AT, left_out: 0, told: ["failed"] }, clusters };
}

const look = (account: Account, before?: Discovered, place: Partial<Place> = {}) =>
  discoverIn({ ...PLACE, ...place }, before, account, { functions: FUNCTIONS, now: NOW });

describe("a cluster of an account", () => {
  it("is discovered by its tag, of that value alone", async () => {
    const { account, asked } = accountWith({
      none: {},
      on: { tag: "on" },
      other: { tag: "other-hub" },
      off: { tag: "leaving" },
    });

    const found = await look(account);

    expect(found).toEqual({
      ...{ account: "444455556666", region: "us-east-1", roles: ROLES, at: NOW.toISOString() },
      ...{ clusters: [{ name: "on" }], left_out: 0, told: [] },
    });
    expect(asked.filter((what) => what.startsWith("state"))).toEqual(["state on"]);
  });

  it("is the list's own where that has it, and nobody asks about it", async () => {
    const { account, asked } = accountWith({ listed: { tag: "on" } });

    expect((await look(account)).clusters).toEqual([]);
    expect(asked).toEqual([]);
  });

  it.each<[string, Partial<State>, object]>([
    ["for its API server", { hasEndpoint: false }, { for: "endpoint" }],
    ["for another authentication mode", { takesAccessEntries: false }, { for: "authentication mode" }],
    ["for access entries", { admitted: [ALL[0] ?? ""] }, { for: "access entries", functions: [FUNCTIONS[1]] }],
  ])("waits %s while it lacks that", async (_what, state, waits) => {
    const { account } = accountWith({ new: { tag: "on", state } });

    expect((await look(account)).clusters).toEqual([{ name: "new", waits }]);
    const mended = accountWith({ new: { tag: "on" } });
    expect((await look(mended.account, await look(account))).clusters).toEqual([{ name: "new" }]);
  });

  it("that was looked at goes on being looked at, though a function comes that it does not let in", async () => {
    const { account, asked } = accountWith({ old: { tag: "on", state: { admitted: [] } } });

    expect((await look(account, knownOf({ name: "old" }))).clusters).toEqual([{ name: "old" }]);
    expect(asked).toEqual(["tags old"]);
  });

  it("has to let in the roles that the list says now", async () => {
    const { account } = accountWith({ old: { tag: "on", state: { admitted: [] } } });
    const before = { ...knownOf({ name: "old" }), roles: "arn:aws:iam::444455556666:role/hub-before" };

    expect((await look(account, before)).clusters).toMatchObject([{ name: "old", waits: { for: "access entries" } }]);
  });

  it("is gone when its tag is, or it is", async () => {
    const { account } = accountWith({ untagged: {} });

    expect((await look(account, knownOf({ name: "deleted" }, { name: "untagged" }))).clusters).toEqual([]);
  });

  it("is as it was known while nobody can be asked about it, and that is said, with how often", async () => {
    const { account } = accountWith({ a: { error: "throttled" }, b: { error: "throttled" }, c: { tag: "on" } });

    const once = await look(account, knownOf({ name: "a" }));
    const twice = await look(account, { ...once, at: BEFORE_AT });

    expect(once.clusters).toEqual([{ name: "a" }, { name: "c" }]);
    expect(once.failed).toEqual({ why: "a, b: throttled", times: 1, since: NOW.toISOString() });
    expect(twice.failed?.times).toBe(2);
  });

  it("stays known while the account does not answer, with what people were told", async () => {
    const account = { ...accountWith({}).account, names: () => Promise.reject(new Error("no such role")) };

    const found = await look(account, knownOf({ name: "a" }));

    expect(found.clusters).toEqual([{ name: "a" }]);
    expect(found).toMatchObject({ told: ["failed"], failed: { why: "no such role", times: 1 } });
  });

  it("is none where its name is none, since names become part of commands", async () => {
    const { account } = accountWith({
      "x; rm -rf": { tag: "on" },
      "": { tag: "on" },
      [`a${"b".repeat(100)}`]: { tag: "on" },
    });

    expect((await look(account)).clusters).toEqual([]);
  });

  it("is left out beyond five hundred, and counted", async () => {
    const many = Array.from({ length: 503 }, (_, index) => [`c${String(index).padStart(3, "0")}`, { tag: "on" }]);
    const { account } = accountWith(Object.fromEntries(many) as Record<string, { tag: string }>);

    const found = await look(account);

    expect(found.clusters).toHaveLength(500);
    expect(found.left_out).toBe(3);
  });
});
