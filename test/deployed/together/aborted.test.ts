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
    // The third pod may not be made, so the run is not over before it is stopped.
    await scenario.kubectl("-n", scenario.namespace, "create", "quota", "two", "--hard=pods=2");
    const scale = about(scenario, { action: "scale_deployment", deployment_name: "web", replicas: 3 });
    const arn = await startExecution(scale);
    await scenario.until("the remedy is in place", () =>
      Promise.resolve(changesBy("scale", scenario.namespace).includes("patch deployments/scale")),
    );

    await stop(arn);

    // At once: the emulator plays the iterations of a Map on after their execution was stopped, tells their outcome, and
    // gives the claim back.
    const [claim] = await scenario.claims();
    const toldByItself = await inbox.messages();
    const stopped = await ended(arn);
    expect(stopped).toMatchObject({ status: "ABORTED" });
    expect(claim?.spec?.holderIdentity).toBe(stopped.name);
    const { document, attributes } = await failedRuns.message(({ document: { execution } }) => execution.id === arn);
    expect(document).toMatchObject({
      outcome: "Unresolved",
      reason: "Aborted",
      cluster_name: CLUSTER_NAME,
      needs_person: true,
    });
    expect(document.summary).toContain("A remedy that it had begun may still be in place, unverified");
    expect(attributes).toMatchObject({ outcome: "Unresolved", cluster: CLUSTER_NAME });
    expect(toldByItself).toEqual([]);
  });
});
