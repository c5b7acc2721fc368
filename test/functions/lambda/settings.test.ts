import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { settingsOf, settingsReader, type Texts } from "../../../functions/lambda/settings.ts";
import { startParameterStore, type ParameterStore } from "../../support/parameter-store.ts";

const OBSERVE = '{"entries":[{"modes":{"all":"observe"}}]}';
const STOPPED = '{"stopped":true,"by":"sre","at":"2026-06-01T12:00:00Z"}';
const GOES_ON = '{"stopped":false,"by":"sre","at":"2026-06-01T12:10:00Z"}';

/** A reader, what it reads (an error where that cannot be read), and a clock, in seconds. */
function reading(texts: Texts | Error) {
  const world = { texts, now: 1_000, reads: 0 };
  const read = settingsReader(
    () => {
      world.reads++;
      return world.texts instanceof Error ? Promise.reject(world.texts) : Promise.resolve(world.texts);
    },
    () => world.now * 1_000,
  );
  return { world, read };
}

describe("what is set at run time", () => {
  it("is read again after ten seconds, and not before", async () => {
    const { world, read } = reading({});
    await read();
    world.texts = { stop: STOPPED };
    world.now += 9;
    expect(await read()).toMatchObject({ stopped: undefined });
    expect(world.reads).toBe(1);
    world.now += 1;
    expect(await read()).toMatchObject({ stopped: { by: "sre" } });
  });

  it("is read again by a function that was frozen, or whose clock was set back", async () => {
    for (const jump of [3_600, -3_600]) {
      const { world, read } = reading({});
      await read();
      world.texts = { stop: STOPPED };
      world.now += jump;
      expect((await read()).stopped, `${jump}`).toBeDefined();
    }
  });

  it.each([
    ["cannot be read", new Error("Rate exceeded")],
    ["is malformed", { settings: "{" }],
  ])(
    "is the last known one while it %s, for less than the time in which the switch holds, then unreadable",
    async (_what, later) => {
      const { world, read } = reading({ settings: OBSERVE });
      await read();
      world.texts = later;
      world.now += 11;
      expect(await read()).toMatchObject({ settings: { entries: [{ modes: { all: "observe" } }] } });
      // What was answered with is not used for longer than what it was kept for.
      world.now += 9;
      expect(await read()).toMatchObject({ settings: undefined, unreadable: expect.any(String) as string });
      world.now += 11;
      world.texts = { settings: OBSERVE };
      expect((await read()).unreadable).toBeUndefined();
    },
  );

  it("is unreadable at once where it was never read, and says why", async () => {
    expect(await reading(new Error("Rate exceeded")).read()).toMatchObject({ unreadable: "Rate exceeded" });
    expect((await reading({ settings: "{" }).read()).unreadable).toMatch(/^They are malformed: /);
  });

  it("is stopped until it is read that it is not, and however malformed the rest is", async () => {
    const { world, read } = reading({ stop: STOPPED, settings: "{" });
    expect(await read()).toMatchObject({ stopped: { by: "sre" } });
    world.texts = new Error("Rate exceeded");
    world.now += 3_600;
    expect(await read()).toMatchObject({ stopped: { by: "sre" } });
    world.texts = { stop: GOES_ON };
    world.now += 10;
    expect((await read()).stopped).toBeUndefined();
  });
});

describe("a deployed function", () => {
  let store: ParameterStore;
  beforeAll(async () => {
    store = await startParameterStore();
  });
  afterAll(async () => {
    await store.stop();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    store.failing = undefined;
    store.values.clear();
  });

  const OWN = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
  function settingsFor(clusterName: string, path: string) {
    vi.stubEnv("AWS_ENDPOINT_URL_SSM", store.url);
    vi.stubEnv("AWS_REGION", "eu-west-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    return settingsOf(clusterName, JSON.stringify({ path, own: OWN }));
  }

  it("knows of parameters that are not there that nothing is set", async () => {
    expect(await settingsFor("prod", "/none")).toMatchObject({ path: "/none", entries: [], unreadable: undefined });
  });

  it("takes what is set for its own account, and for a cluster's ARN, from both parameters", async () => {
    const entries = [
      { accounts: ["111122223333"], modes: { found: "observe" } },
      { accounts: ["444455556666"], modes: { found: "off" } },
    ];
    store.values.set("/both/settings", JSON.stringify({ entries }));
    store.values.set("/both/stop", STOPPED);
    const spoke = "arn:aws:eks:us-east-1:444455556666:cluster/prod";

    expect((await settingsFor("prod", "/both")).entries).toMatchObject([{ modes: { found: "observe" } }]);
    const { entries: other, stopped } = await settingsFor(spoke, "/both");
    expect(other).toMatchObject([{ modes: { found: "off" } }]);
    expect(stopped).toMatchObject({ by: "sre" });
  });

  it("says why it cannot read them, and where", async () => {
    store.failing = "AccessDeniedException";
    const { unreadable, entries } = await settingsFor("prod", "/denied");

    expect(unreadable).toBe("/denied: It was said.");
    expect(entries).toEqual([]);
  });

  it("that was not told where they are can use none", async () => {
    expect((await settingsOf("prod", undefined)).unreadable).toContain("Deploy it anew");
  });
});
