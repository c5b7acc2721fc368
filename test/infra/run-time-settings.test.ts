import { describe, expect, it } from "vitest";
import { Synthesised } from "./synthesised.ts";

const PATH = "/eks-remediation/eks-remediation-prod/Remediation";

describe("what is set at run time", () => {
  const stack = new Synthesised({ clusterName: "prod", mcp: true, waysIn: "alarms", approvalLinks: "on" });

  it("is in no parameter of the stack, which would write it anew: that only says whose it is", () => {
    expect(stack.all("AWS::SSM::Parameter").map(({ Name }) => Name)).toEqual([`${PATH}/of`]);
    expect(stack.remediation.settingsPath).toBe(PATH);
  });

  it("is read by each function that decides or begins anything, in two parameters and no more", () => {
    for (const name of ["detect", "classify", "claim", "restart", "rollback", "scale", "notify", "patrol", "agent"]) {
      const read = stack.permissions(stack.functionId(name, "Role")).filter(({ action }) => action.startsWith("ssm:"));
      expect(
        read.map(({ action }) => action),
        name,
      ).toEqual(["ssm:GetParameter", "ssm:GetParameter"]);
      for (const [at, which] of ["settings", "stop"].entries())
        expect(read[at]?.resource).toMatch(new RegExp(`:parameter${PATH}/${which}$`));
      expect(stack.properties(stack.functionId(name))).toHaveProperty("Environment.Variables.REMEDIATION_SETTINGS");
    }
  });

  it("is written by no function, and not read by those that decide nothing", () => {
    const ssm = stack.permissions().filter(({ action }) => action.startsWith("ssm:"));
    expect(new Set(ssm.map(({ action }) => action))).toEqual(new Set(["ssm:GetParameter"]));
    for (const name of ["verify", "decide"]) {
      const own = stack.permissions(stack.functionId(name, "Role"));
      expect(own.filter(({ action }) => action.startsWith("ssm:"))).toEqual([]);
    }
  });
});
