import { describe } from "vitest";
import { HISTORY_ANNOTATION, leaseName } from "../../functions/run/lease.ts";
import type { HistoryEntry } from "../../functions/run/contracts.ts";
import { presentTemplate } from "../../functions/shared/kubernetes/template.ts";
import type { ReplicaSet } from "../../functions/shared/kubernetes/types.ts";
import { it, type Scenario } from "./scenario.ts";
import { rollOutWeb } from "./web.ts";

/** A claim that was released long ago. */
function abandoned(kind: string, namespace: string, name: string, history: HistoryEntry[] = []): string {
  return `
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata:
  name: ${leaseName({ kind, namespace, name })}
  labels:
    app.kubernetes.io/managed-by: eks-remediation
  annotations:
    eks-remediation/workload: ${kind} ${namespace}/${name}
    ${HISTORY_ANNOTATION}: '${JSON.stringify(history)}'
spec:
  renewTime: "2026-01-01T00:00:00.000000Z"
`;
}

/** So many remedies in vain on one template that a workload which still has it is left to a person. */
function inVain(template: string | undefined): HistoryEntry[] {
  return ["03", "02", "01"].map((hour) => ({
    ...{ at: `2026-01-01T${hour}:00:00.000Z`, execution: `run-${hour}` },
    ...{ cause: "CrashLoop", action: "restart", outcome: "Unresolved", applied: true, template },
  }));
}

/** Leaves claims behind, and has another one added. */
async function addAnother(scenario: Scenario, ...claims: string[]): Promise<string[]> {
  const [pod] = await scenario.pods();
  // It is there already when another test was first.
  await scenario.kubectl("create", "namespace", "eks-remediation").catch(() => undefined);
  for (const claim of claims) await scenario.applyText(claim, "eks-remediation");

  await scenario.run({ action: "restart_pod", pod_name: pod?.metadata?.name });
  return (await scenario.claims()).map(({ metadata }) => metadata?.name ?? "").sort();
}

describe.concurrent("a claim that nobody uses any more", () => {
  it("is removed when another one is added", async ({ scenario, expect }) => {
    const { namespace } = scenario;
    await rollOutWeb(scenario, { image: "shop/web:1" });

    const left = await addAnother(scenario, abandoned("Deployment", namespace, "gone"));

    expect(left).toEqual([`deployment.${namespace}.web`]);
  });

  it("stays while its workload has the template that was tried too often, whatever kind it is", async ({
    scenario,
    expect,
  }) => {
    const { namespace } = scenario;
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const [replicaSet] = (
      JSON.parse(await scenario.kubectl("-n", namespace, "get", "replicasets", "-o", "json")) as { items: ReplicaSet[] }
    ).items;
    const name = replicaSet?.metadata?.name ?? "";

    const left = await addAnother(
      scenario,
      abandoned("ReplicaSet", namespace, name, inVain(presentTemplate(replicaSet as ReplicaSet))),
      ...["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"].map((kind) =>
        abandoned(kind, namespace, "gone", inVain("another")),
      ),
    );

    expect(left).toEqual([`deployment.${namespace}.web`, `replicaset.${namespace}.${name}`]);
  });
});
