import { setTimeout as sleep } from "node:timers/promises";
import { CreateAccessEntryCommand, DeleteAccessEntryCommand, EKSClient } from "@aws-sdk/client-eks";
import { describe, inject } from "vitest";
import type { Scenario } from "../../kubernetes/scenario.ts";
import { rollOutWeb } from "../../kubernetes/web.ts";
import { roleOf } from "../account.ts";
import { CLUSTER_NAME } from "../cloud.ts";
import { about, changesBy, it } from "../deployed.ts";
import { PLACE } from "../emulator/emulator.ts";
import { execute, taskErrors } from "../executions.ts";
import { applyRbac } from "../stack.ts";

/** For so long the API server remembers whom a token belongs to. */
const REMEMBERED_MS = 11_000;

describe("a function without its permissions", () => {
  it("fails with Forbidden, and people are told to apply the RBAC manifest", async ({ scenario, inbox, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const before = await scenario.deployment();
    const scale = about(scenario, { action: "scale_deployment", deployment_name: "web", replicas: 3 });
    await scenario.kubectl("delete", "clusterrolebinding", "eks-remediation:scale");
    try {
      const run = await execute(scale);

      expect(run.workloads).toMatchObject([{ outcome: "Unresolved", reason: "Forbidden", delivered: true }]);
      expect(await taskErrors(run.arn)).toEqual(["Forbidden"]);
      const { document } = await inbox.message();
      expect(document).toMatchObject({ outcome: "Unresolved", reason: "Forbidden", needs_person: true, changed: [] });
      expect(document.summary).toContain("deployments");
      expect(document.commands).toContain(`kubectl --context ${CLUSTER_NAME} apply -f infra/rbac.yaml`);
      expect((await scenario.deployment()).metadata?.generation).toBe(before.metadata?.generation);
      expect(changesBy("scale", scenario.namespace)).toEqual([]);
    } finally {
      await applyRbac(inject("site"), inject("site"));
    }

    await allowAgain(scenario);
    expect((await execute(scale)).workloads).toMatchObject([{ outcome: "Recovered" }]);
  });

  it("fails with Unauthorized without its access entry, and people are told what to look at", async ({
    scenario,
    inbox,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const [pod] = await scenario.pods();
    const restart = about(scenario, { action: "restart_pod", pod_name: pod?.metadata?.name });
    const { Arn: principalArn } = await roleOf("restart");
    const client = new EKSClient({});
    await client.send(new DeleteAccessEntryCommand({ clusterName: CLUSTER_NAME, principalArn }));
    try {
      await sleep(REMEMBERED_MS);

      const run = await execute(restart);

      expect(run.workloads).toMatchObject([{ outcome: "Unresolved", reason: "Unauthorized", delivered: true }]);
      expect(await taskErrors(run.arn)).toEqual(["Unauthorized"]);
      const { document } = await inbox.message();
      expect(document).toMatchObject({ reason: "Unauthorized", needs_person: true, changed: [] });
      expect(document.next_steps.join(" ")).toContain("each role needs its access entry");
      expect(document.commands).toContain(
        `aws eks list-access-entries --cluster-name ${CLUSTER_NAME} --region ${PLACE.region}`,
      );
      expect((await scenario.pods()).map(({ metadata }) => metadata?.uid)).toContain(pod?.metadata?.uid);
      expect(changesBy("restart", scenario.namespace)).toEqual([]);
    } finally {
      const kubernetesGroups = ["eks-remediation:restart"];
      await client.send(new CreateAccessEntryCommand({ clusterName: CLUSTER_NAME, principalArn, kubernetesGroups }));
    }

    await allowAgain(scenario);
    expect((await execute(restart)).workloads).toMatchObject([{ outcome: "Recovered" }]);
  });
});

/** Forgets the failed try, as the notification of a workload that cools down advises. */
async function allowAgain(scenario: Scenario): Promise<void> {
  for (const { metadata } of await scenario.claims()) {
    await scenario.kubectl("-n", "eks-remediation", "delete", "lease", metadata?.name ?? "");
  }
}
