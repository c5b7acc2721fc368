import { describe, expect, it } from "vitest";
import { errorText } from "../../../functions/shared/caught-error.ts";

const text = (Cause: string) => errorText({ Error: "Forbidden", Cause });

describe("the text of a caught error", () => {
  it("is the message that Lambda wraps in JSON, without the stack", () => {
    const cause = { errorType: "Forbidden", errorMessage: "Grant this verb.", trace: ["at handler (index.js:1)"] };

    expect(text(JSON.stringify(cause))).toBe("Grant this verb.");
  });

  it.each([
    ["plain text", "The state machine ran out of time."],
    ["JSON without a message", '{"errorType": "Forbidden"}'],
    ["JSON that is no object", "null"],
    ["JSON that is cut off, as long causes are", '{"errorMessage": "Grant'],
    ["nothing", ""],
  ])("is the cause itself when that is %s", (_what, cause) => {
    expect(text(cause)).toBe(cause);
  });

  it.each([
    ["plain", "line\n".repeat(500)],
    ["wrapped", JSON.stringify({ errorMessage: "line\n".repeat(500) })],
  ])("is one bounded line when the cause is long and %s", (_what, cause) => {
    expect(text(cause)).toMatch(/^(line )+/);
    expect(text(cause).length).toBeLessThanOrEqual(600);
    expect(text(cause)).not.toContain("\n");
  });
});
