import { describe, inject } from "vitest";
import { rollOutWeb } from "../../kubernetes/web.ts";
import { aws } from "../account.ts";
import { about, changesBy, it } from "../deployed.ts";
import { ended, execute, startExecution } from "../executions.ts";
import { Inbox } from "../inbox.ts";

describe.concurrent("an execution", () => {
  it("that an agent starts with restart_pod replaces that pod and no other", async ({ scenario, inbox, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const [first, second] = await scenario.pods();

    const run = await execute(about(scenario, { action: "restart_pod", pod_name: first?.metadata?.name }));

    expect(run).toMatchObject({
      status: "SUCCEEDED",
      workloads: [{ outcome: "Recovered", action: "restart", delivered: true }],
    });
    const uids = (await scenario.pods()).map(({ metadata }) => metadata?.uid);
    expect(uids).toHaveLength(2);
    expect(uids).toContain(second?.metadata?.uid);
    expect(uids).not.toContain(first?.metadata?.uid);
    const { document } = await inbox.message();
    expect(document).toMatchObject({ outcome: "Recovered", action: "restart", execution: { id: run.arn } });
  });

  it("that a person starts as a dry run changes nothing, and tells only those who asked for dry runs", async ({
    scenario,
    expect,
  }) => {
    const { namespace } = scenario;
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const before = await scenario.deployment();
    const dryRuns = await Inbox.subscribe({ namespace: [namespace], outcome: ["DryRun"] });
    const recoveries = await Inbox.subscribe({ namespace: [namespace], outcome: ["Recovered", "RolledBack"] });
    const scale = about(scenario, { action: "scale_deployment", deployment_name: "web", replicas: 3 });

    const started = await aws<{ executionArn: string }>(
      ...["stepfunctions", "start-execution", "--state-machine-arn", inject("site").StateMachineArn],
      ...["--input", JSON.stringify({ ...scale, dry_run: true })],
    );

    expect((await ended(started.executionArn)).workloads).toMatchObject([{ outcome: "DryRun", action: "scale" }]);
    const after = await scenario.deployment();
    expect(after.metadata?.resourceVersion).toBe(before.metadata?.resourceVersion);
    expect(changesBy(undefined, namespace)).toEqual([]);
    expect(await scenario.claims()).toEqual([]);

    const carriedOut = await execute(scale);

    expect(carriedOut.workloads).toMatchObject([{ outcome: "Recovered", action: "scale" }]);
    expect((await scenario.deployment()).spec?.replicas).toBe(3);
    expect((await recoveries.message()).document.execution.id).toBe(carriedOut.arn);
    expect((await dryRuns.message()).document).toMatchObject({
      dry_run: true,
      changed: [],
      execution: { id: started.executionArn },
    });
    expect(await recoveries.messages()).toHaveLength(1);
    expect(await dryRuns.messages()).toHaveLength(1);
    await Promise.all([dryRuns.close(), recoveries.close()]);
  });

  it("about a workload that another one works on leaves it to that one, and names it", async ({
    scenario,
    inbox,
    expect,
  }) => {
    // Whoever gets the claim has it for as long as a new pod needs to be ready, in which the other one asks for it.
    await rollOutWeb(scenario, { image: "shop/web:1", annotations: '"simulation/failure": slow-start' });
    const scaleTo = (replicas: number) =>
      startExecution(about(scenario, { action: "scale_deployment", deployment_name: "web", replicas }));

    const arns = await Promise.all([scaleTo(3), scaleTo(4)]);

    const runs = await Promise.all(arns.map((arn) => ended(arn)));
    const holder = runs.find(({ workloads }) => workloads[0]?.outcome === "Recovered");
    const other = runs.find(({ arn }) => arn !== holder?.arn);
    expect(other?.workloads).toMatchObject([{ outcome: "Skipped", reason: "AlreadyClaimed", needs_person: false }]);
    expect(other?.workloads[0]?.summary).toContain(`is being looked after by ${holder?.name ?? "nobody"},`);
    expect(
      changesBy("scale", scenario.namespace).filter((change) => change === "patch deployments/scale"),
    ).toHaveLength(1);
    const { document } = await inbox.message((message) => message.document.execution.id === other?.arn);
    expect(document).toMatchObject({ outcome: "Skipped", reason: "AlreadyClaimed", changed: [] });
  });
});
