import { setTimeout as sleep } from "node:timers/promises";
import { describe } from "vitest";
import { helmSecret, type KeptRevision } from "../support/helm.ts";
import { it } from "./scenario.ts";

/** As much of Deployment `web` as a chart writes. */
function web(image: string, failure?: string): object {
  const annotations = failure === undefined ? {} : { annotations: { "simulation/failure": failure } };
  const container = {
    name: "app",
    image,
    ports: [{ containerPort: 80 }],
    resources: { requests: { cpu: "0.5" }, limits: { memory: "1024Mi" } },
    readinessProbe: { httpGet: { path: "/", port: 80 } },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", annotations: { "meta.helm.sh/release-name": "shop" } },
    spec: {
      replicas: 2,
      progressDeadlineSeconds: 8,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" }, ...annotations }, spec: { containers: [container] } },
    },
  };
}

describe.concurrent("a bad rollout of a Helm release", () => {
  const first: KeptRevision = { status: "superseded", objects: [web("shop/web:1")] };
  const bad: KeptRevision = {
    status: "deployed",
    objects: [web("shop/web:2", "crash-loop"), { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shop" } }],
  };

  it("is left to Helm, and told is the revision to which it is to be rolled back", async ({ scenario, expect }) => {
    for (const [index, kept] of [first, bad].entries()) {
      await scenario.applyText(JSON.stringify(helmSecret(kept, index + 1)));
      await scenario.applyText(JSON.stringify(kept.objects[0]), scenario.namespace, "helm");
      if (kept !== first) continue;
      await scenario.rolledOut();
      await sleep(7_000); // as long as a revision has to be well
    }
    await scenario.untilFailing("CrashLoopBackOff");
    await scenario.until("its rollout is past its deadline", async () => {
      const { conditions = [] } = (await scenario.deployment()).status ?? {};
      return conditions.some(({ type, status }) => type === "Progressing" && status === "False");
    });
    const run = await scenario.run({}, { owners: { helm: true } });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "ManagedByAnotherTool" }]);
    expect(run.workloads[0]?.summary).toContain(
      `Its revision 1 has the pod template that was well: \`helm rollback shop 1 -n ${scenario.namespace}\`. That also deletes ConfigMap shop.`,
    );
    expect(await scenario.image()).toBe("shop/web:2");
  });
});
