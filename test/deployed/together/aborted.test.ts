import { describe } from "vitest";
import { rollOutWeb } from "../../kubernetes/web.ts";
import { CLUSTER_NAME } from "../cloud.ts";
import { about, changesBy, it } from "../deployed.ts";
import { ended, startExecution, stop } from "../executions.ts";

describe("an execution that somebody stops half-way", () => {
  it("is told of, with what may be left of it, though it cannot say so itself", async ({
    scenario,
    inbox,
    failedRuns,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const scale = about(scenario, { action: "scale_deployment", deployment_name: "web", replicas: 3 });
    const arn = await startExecution(scale);
    await scenario.until("the remedy is in place", () =>
      Promise.resolve(changesBy("scale", scenario.namespace).includes("patch deployments/scale")),
    );

    await stop(arn);

    expect(await ended(arn)).toMatchObject({ status: "ABORTED" });
    const { document, attributes } = await failedRuns.message(({ document: { execution } }) => execution.id === arn);
    expect(document).toMatchObject({
      outcome: "Unresolved",
      reason: "Aborted",
      cluster_name: CLUSTER_NAME,
      needs_person: true,
    });
    expect(document.summary).toContain("A remedy that it had begun may still be in place, unverified");
    expect(attributes).toMatchObject({ outcome: "Unresolved", cluster: CLUSTER_NAME });
    expect(await inbox.messages()).toEqual([]);
    const [claim] = await scenario.claims();
    expect(claim?.spec?.holderIdentity).toBe((await ended(arn)).name);
  });
});
