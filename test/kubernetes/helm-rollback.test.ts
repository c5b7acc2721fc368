import { setTimeout as sleep } from "node:timers/promises";
import { describe, inject } from "vitest";
import { whyNoHelm } from "../../local/helm/binary.ts";
import { Releases } from "../support/helm-chart.ts";
import { it, type Scenario } from "./scenario.ts";

const ON = { owners: { helm: true, helm_rollback: true } };
const why = whyNoHelm();

/** Revision 1 of release `shop` is well, revision 2 fails, past its deadline. */
async function spoil(scenario: Scenario): Promise<Releases> {
  const shop = await Releases.in(inject("kubeconfig"), scenario.namespace);
  await shop.release({});
  await scenario.rolledOut();
  await sleep(7_000); // as long as a revision has to be well
  await shop.release({ version: "1.1.0", image: "shop/web:2", failure: "crash-loop", config: "b" });
  await scenario.untilFailing("CrashLoopBackOff");
  await scenario.until("its rollout is past its deadline", async () => {
    const { conditions = [] } = (await scenario.deployment()).status ?? {};
    return conditions.some(({ type, status }) => type === "Progressing" && status === "False");
  });
  return shop;
}

/** Played with the Helm that a deployed function runs. */
describe
  .skipIf(why !== undefined)
  .concurrent(`a bad release of Helm's${why === undefined ? "" : ` (not played: ${why})`}`, () => {
    it("is rolled back by Helm", async ({ scenario, expect }) => {
      const shop = await spoil(scenario);
      const run = await scenario.run({}, ON);

      expect(run.workloads).toMatchObject([
        { outcome: "Recovered", cause: "CrashLoopAfterRollout", action: "helm-rollback", needs_person: false },
      ]);
      expect((await shop.history()).at(-1)).toBe("3 deployed: Rollback to 1");
      expect(await scenario.image()).toBe("shop/web:1");
      await shop.remove();
    });

    it("is in place again where going back does not help", async ({ scenario, expect }) => {
      const shop = await spoil(scenario);
      const onEntered = async (state: string) => {
        if (state === "Wait for it to settle") await scenario.annotatePods("simulation/failure=crash-loop");
      };
      const run = await scenario.run({}, { ...ON, verify: { deadline_seconds: 20 } }, { onEntered });

      expect(run.workloads).toMatchObject([{ outcome: "RolledBack", action: "helm-rollback" }]);
      expect((await shop.history()).at(-1)).toBe("4 deployed: Rollback to 2");
      expect(await scenario.image()).toBe("shop/web:2");
      await shop.remove();
    });

    it("whose Deployment somebody has scaled by hand is left to people", async ({ scenario, expect }) => {
      const shop = await spoil(scenario);
      await scenario.kubectl("-n", scenario.namespace, "scale", "deployment/web", "--replicas=3");
      const run = await scenario.run({}, ON);

      expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "ManagedByAnotherTool" }]);
      expect(run.workloads[0]?.summary).toContain("Helm would set the replicas of Deployment web to 2");
      expect(await shop.history()).toHaveLength(2);
      await shop.remove();
    });
  });
