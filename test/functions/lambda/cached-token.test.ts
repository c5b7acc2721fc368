import { describe, expect, it } from "vitest";
import { cachedToken, type MadeToken } from "../../../functions/lambda/cached-token.ts";
import { NOW } from "../../support/objects.ts";

const MINUTE = 60_000;

/** A cache under a clock of its own, whose tokens are named after the minute in which they were made. */
function cache(made: (minute: number) => Partial<MadeToken> = () => ({})) {
  let minute = 0;
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE);
  const token = cachedToken(
    async (now) => {
      // Not in the turn of the call, as with credentials that have to be fetched.
      await Promise.resolve();
      const minutes = (now.getTime() - NOW.getTime()) / MINUTE;
      return { token: `made at ${minutes}`, ...made(minutes) };
    },
    () => at(minute),
  );
  return {
    at,
    tokenAt: async (minutes: number) => {
      minute = minutes;
      return await token();
    },
  };
}

describe("a cached token", () => {
  it("is used again up to 14 minutes, and made anew afterwards", async () => {
    const { tokenAt } = cache();

    expect(await tokenAt(0)).toBe("made at 0");
    expect(await tokenAt(13.99)).toBe("made at 0");
    expect(await tokenAt(14)).toBe("made at 14");
    expect(await tokenAt(27.99)).toBe("made at 14");
    expect(await tokenAt(28)).toBe("made at 28");
  });

  it("is made once for calls at the same time", async () => {
    let made = 0;
    const { tokenAt } = cache(() => ({ token: `number ${++made}` }));

    expect(await Promise.all([tokenAt(0), tokenAt(0), tokenAt(0)])).toEqual(["number 1", "number 1", "number 1"]);
    expect(await Promise.all([tokenAt(20), tokenAt(20)])).toEqual(["number 2", "number 2"]);
  });

  it("does not outlive the credentials that it was made with, minus a minute", async () => {
    const { at, tokenAt } = cache((minute) => ({ credentialsExpiration: at(minute === 0 ? 5 : 60) }));

    expect(await tokenAt(0)).toBe("made at 0");
    expect(await tokenAt(3.99)).toBe("made at 0");
    expect(await tokenAt(4)).toBe("made at 4");
    expect(await tokenAt(17.99)).toBe("made at 4");
    expect(await tokenAt(18)).toBe("made at 18");
  });

  it("is made for each call while the credentials are about to end", async () => {
    const { at, tokenAt } = cache(() => ({ credentialsExpiration: at(0.5) }));

    expect(await tokenAt(0)).toBe("made at 0");
    expect(await tokenAt(0.1)).toBe("made at 0.1");
  });

  it("is tried again after a failure, which everybody who waited is told", async () => {
    let failing = true;
    const { tokenAt } = cache(() => {
      if (failing) throw new Error("no credentials");
      return {};
    });

    const outcomes = await Promise.allSettled([tokenAt(0), tokenAt(0)]);
    failing = false;

    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await tokenAt(1)).toBe("made at 1");
  });

  it("that could not be renewed is not used past its end", async () => {
    const { tokenAt } = cache((minute) => {
      if (minute === 14) throw new Error("no credentials");
      return {};
    });

    await tokenAt(0);

    await expect(tokenAt(14)).rejects.toThrow("no credentials");
    expect(await tokenAt(15)).toBe("made at 15");
  });
});
