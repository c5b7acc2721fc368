import { afterAll, beforeAll, describe } from "vitest";
import { scan } from "../../functions/scan/scan.ts";
import { Policy } from "../../functions/shared/policy.ts";
import { GADGET, know } from "../support/gadget.ts";
import { it } from "./scenario.ts";

let forget: () => void;
beforeAll(() => {
  forget = know(GADGET);
});
afterAll(() => {
  forget();
});

describe("a kind whose API is not installed", () => {
  it("leaves a scan of the rest as it is", async ({ scenario, expect }) => {
    const { namespace } = scenario;
    const options = { clusterName: "prod", namespace, dryRun: false, findingsOnly: false, now: new Date() };
    const detection = await scan(await scenario.client(), { ...options, policy: Policy.parse({}) });

    expect(detection).toMatchObject({ status: "healthy", unseen: [] });
  });
});
