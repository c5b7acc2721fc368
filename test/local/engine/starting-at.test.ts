import { describe, expect, it } from "vitest";
import { startingAt } from "../../../local/engine/starting-at.ts";

const inner = {
  StartAt: "Claim",
  States: {
    Claim: { Next: "Act" },
    Act: { Next: "Tell", Catch: [{ Next: "Look" }] },
    Look: { Choices: [{ Next: "Act" }], Default: "Tell" },
    Tell: { End: true },
  },
};
const whole = {
  StartAt: "Find",
  States: { Find: { Next: "Each" }, Each: { ItemProcessor: inner, Next: "Sum" }, Sum: {} },
};

describe("a machine that begins at the state that was stopped", () => {
  it("is that of the workload where the state is one of its iteration's, with what can still come", () => {
    expect(startingAt("Act", whole)).toEqual({
      StartAt: "Act",
      States: { Act: inner.States.Act, Look: inner.States.Look, Tell: inner.States.Tell },
    });
  });

  it("is the whole one where the state is one of the workflow's own", () => {
    expect(startingAt("Each", whole)).toEqual({ StartAt: "Each", States: { Each: whole.States.Each, Sum: {} } });
  });

  it("does not begin at a state that there is not", () => {
    expect(() => startingAt("Nowhere", whole)).toThrow("no state Nowhere");
  });
});
