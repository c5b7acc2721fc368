import { describe } from "vitest";
import { it } from "./scenario.ts";
import { rollOutWeb } from "./web.ts";

/** A claim that was released long ago, on a workload that does not exist any more. */
const abandoned = (namespace: string) => `
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata:
  name: deployment.${namespace}.gone
  labels:
    app.kubernetes.io/managed-by: eks-remediation
  annotations:
    eks-remediation/workload: Deployment ${namespace}/gone
spec:
  renewTime: "2026-01-01T00:00:00.000000Z"
`;

describe.concurrent("a claim that nobody uses any more", () => {
  it("is removed when another one is added", async ({ scenario, expect }) => {
    const { namespace } = scenario;
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const [pod] = await scenario.pods();
    // It is there already when another test was first.
    await scenario.kubectl("create", "namespace", "eks-remediation").catch(() => undefined);
    await scenario.applyText(abandoned(namespace), "eks-remediation");

    await scenario.run({ action: "restart_pod", pod_name: pod?.metadata?.name });

    const claims = (await scenario.claims()).map(({ metadata }) => metadata?.name);
    expect(claims).toEqual([`deployment.${namespace}.web`]);
  });
});
