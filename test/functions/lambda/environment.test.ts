import { describe, expect, it } from "vitest";
import { deployedPolicy } from "../../../functions/lambda/environment.ts";

describe("a deployed function", () => {
  it("has the policy that it was deployed with", () => {
    expect(deployedPolicy('{"opt_in": true}')).toMatchObject({ opt_in: true, modes: { all: "automatic" } });
  });

  it.each([undefined, "", "  "])("observes, whoever asks, where its policy is lost: %o", (text) => {
    expect(deployedPolicy(text).modes.all).toBe("observe");
  });

  it("does nothing by a policy that it cannot read", () => {
    expect(() => deployedPolicy("{")).toThrow(expect.objectContaining({ name: "InvalidPolicy" }) as Error);
  });
});
