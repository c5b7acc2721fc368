import { describe, inject } from "vitest";
import { OutcomeRecord } from "../../../functions/notify/record/record.ts";
import type { Destroyed } from "../../../functions/remedies/destroyed.ts";
import { rollOutWeb } from "../../kubernetes/web.ts";
import { CLUSTER_NAME } from "../cloud.ts";
import { lookBack } from "../command-line.ts";
import { run as runCommand } from "../commands.ts";
import { about, it } from "../deployed.ts";
import { execute } from "../executions.ts";

describe.concurrent("what the stack did", () => {
  it("to a pod is told by what went with it, which is in the bucket, without the values of its environment", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const [first] = await scenario.pods();
    const { name = "", uid = "" } = first?.metadata ?? {};

    const run = await execute(about(scenario, { action: "restart_pod", pod_name: name, origin: "person" }));

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "restart" }]);
    const key = `${CLUSTER_NAME}/${scenario.namespace}/web/${run.name}/${name}.${uid}.json`;
    const url = `s3://${inject("site").EvidenceBucketName}/${key}`;
    const [command = "", ...args] = inject("site").awsCli;
    const kept = JSON.parse(await runCommand([command, ...args, "s3", "cp", url, "-"])) as Destroyed;
    expect(kept).toMatchObject({ pod: { metadata: { uid } }, not_read: [] });
    expect(JSON.stringify(kept.pod)).not.toMatch(/"value":"(?!\[hidden\])/);
  });

  it("is in its table, where history lists it and show tells it", async ({ scenario, expect }) => {
    const { namespace } = scenario;
    await rollOutWeb(scenario, { image: "shop/web:1" });

    const run = await execute(
      about(scenario, { action: "scale_deployment", deployment_name: "web", replicas: 3, origin: "person" }),
    );

    expect(run.workloads).toMatchObject([{ outcome: "Recovered" }]);
    expect(run.workloads[0]).not.toHaveProperty("record_error");
    expect(await lookBack("history", "--namespace", namespace, "--since", "1h")).toMatchObject([
      { execution: run.name, outcome: "Recovered", action: "scale", asked_by: "person", needs_person: false },
    ]);
    const [shown] = await lookBack("show", run.arn);
    expect(OutcomeRecord.parse(shown)).toMatchObject({
      workload: { kind: "Deployment", namespace, name: "web" },
      changes: [{ change: { kind: "scale", scale: { from: 2, to: 3 } }, state: "in place" }],
    });
  });
});
