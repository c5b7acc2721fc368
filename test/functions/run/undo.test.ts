import { describe, expect, it } from "vitest";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { undoUnlessOvertaken } from "../../../functions/run/undo.ts";

const undo = (error?: Error) =>
  undoUnlessOvertaken(() => (error === undefined ? Promise.resolve() : Promise.reject(error)), "It is as it was.");

describe("an undo", () => {
  it("that went well says so", async () => {
    expect(await undo()).toEqual({ status: "applied", message: "It is as it was." });
  });

  it("lets stand what somebody else made of the object since, and says that", async () => {
    expect(await undo(new RemediationError("ObjectChanged", "Somebody scaled it to 9."))).toEqual({
      status: "overtaken",
      message: "The remedy was not undone. Somebody scaled it to 9.",
    });
  });

  it.each([new RemediationError("ClusterUnreachable", "No answer."), new TypeError("broken")])(
    "that failed otherwise is for the state machine to retry: %s",
    async (error) => {
      await expect(undo(error)).rejects.toBe(error);
    },
  );
});
