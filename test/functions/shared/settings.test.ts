import { describe, expect, it } from "vitest";
import { entriesFor, narrowed } from "../../../functions/shared/settings-here.ts";
import { parseSettings, parseSwitch, stoppedWords } from "../../../functions/shared/settings.ts";
import { policy } from "../../support/objects.ts";

const SHOP = { name: "shop", account: "111122223333", region: "eu-west-1" };
const TWIN = { ...SHOP, account: "444455556666" };
const arnOf = ({ name, account, region }: typeof SHOP) => `arn:aws:eks:${region}:${account}:cluster/${name}`;
const settings = (...entries: object[]) => parseSettings(JSON.stringify({ entries }));

describe("what is set at run time", () => {
  it("is nothing where there is none, and where it is empty", () => {
    expect(parseSettings(undefined)).toEqual({ entries: [] });
    expect(parseSettings("{}")).toEqual({ entries: [] });
  });

  it.each([
    ["no JSON", "modes: observe", "JSON"],
    ["a field that it does not know", '{"mode":"observe"}', "mode"],
    ["a pattern of namespaces", '{"entries":[{"namespaces":["shop-*"],"modes":{"all":"off"}}]}', "patterns"],
    ["a mode that there is not", '{"entries":[{"modes":{"all":"stop"}}]}', "entries.0.modes.all"],
    ["an account's name", '{"entries":[{"accounts":["prod"],"modes":{"all":"off"}}]}', "12 digits"],
    ["an entry that sets nothing", '{"entries":[{"clusters":["shop"]}]}', "sets nothing"],
    ["a selector that selects nothing", '{"entries":[{"clusters":[],"modes":{"all":"off"}}]}', "clusters"],
    [
      "numbers for a namespace",
      '{"entries":[{"namespaces":["shop"],"limits":{"concurrent":1}}]}',
      "leave out namespaces",
    ],
    ["what only a deployment may set", '{"entries":[{"evidence":{"log_lines":20}}]}', "evidence"],
    ["a stop, which is set by itself", '{"stopped":true}', "stopped"],
  ])("is refused with %s", (_what, text, words) => {
    expect(() => parseSettings(text)).toThrow(words);
  });

  it("is for the clusters of an account, of a name in all accounts, or of an ARN", () => {
    const of = (selector: object, place: typeof SHOP) =>
      entriesFor(settings({ ...selector, modes: { all: "off" } }), place).length > 0;

    expect([of({}, SHOP), of({}, TWIN)]).toEqual([true, true]);
    expect([of({ clusters: ["shop"] }, SHOP), of({ clusters: ["shop"] }, TWIN)]).toEqual([true, true]);
    expect([of({ clusters: [arnOf(SHOP)] }, SHOP), of({ clusters: [arnOf(SHOP)] }, TWIN)]).toEqual([true, false]);
    expect([of({ accounts: [TWIN.account] }, SHOP), of({ accounts: [TWIN.account] }, TWIN)]).toEqual([false, true]);
    expect(of({ accounts: [TWIN.account], clusters: ["shop"] }, SHOP)).toBe(false);
    expect(of({ clusters: ["nobody-has-it"] }, SHOP)).toBe(false);
  });

  it("makes numbers more careful only, the first entry's of each", () => {
    const deployed = policy({ limits: { concurrent: 5, per_hour: 30 }, cool_down: { base_seconds: 300 } });
    const { entries } = settings(
      { limits: { concurrent: 2 }, cool_down: { base_seconds: 60 }, detect: { unready_seconds: 900 } },
      { limits: { concurrent: 1, per_hour: 100 }, cool_down: { max_seconds: 80_000 } },
    );
    const { limits, cool_down, detect, storm } = narrowed(deployed, { path: "/x", entries });

    expect(limits).toEqual({ ...deployed.limits, concurrent: 2, per_hour: 30 });
    expect(cool_down).toEqual({ ...deployed.cool_down, base_seconds: 300, max_seconds: 80_000 });
    expect(detect).toEqual({ ...deployed.detect, unready_seconds: 900 });
    expect(storm).toEqual(deployed.storm);
  });
});

describe("the switch", () => {
  const who = { by: "arn:aws:iam::111122223333:user/sre", at: "2026-06-01T12:00:00Z" };

  it("stops nothing where there is none, and where it says so", () => {
    expect(parseSwitch(undefined)).toBeUndefined();
    expect(parseSwitch(JSON.stringify({ stopped: false, ...who }))).toBeUndefined();
  });

  it.each(["stop!", "", "{}", '"no"', '{"stopped":"false"}', '{"stopped":false}', "null"])(
    "stops everything with whatever else it holds: %s",
    (text) => {
      expect(parseSwitch(text)).toBeDefined();
    },
  );

  it("says who has stopped, since when and why, as far as it is known, in one line", () => {
    const told = parseSwitch(JSON.stringify({ stopped: true, ...who, reason: "a bad\nrelease" }));

    expect(told && stoppedWords(told)).toBe(`Everything is stopped by ${who.by} since ${who.at} (a bad release)`);
    expect(stoppedWords({})).toBe("Everything is stopped");
  });
});
