import { setTimeout as sleep } from "node:timers/promises";
import { describe, inject } from "vitest";
import { Copy } from "../../extension/copy.ts";
import { rollOutWeb } from "../../kubernetes/web.ts";
import { about, changesBy, it } from "../deployed.ts";
import { ended, execute, inputsOfWorkloads, startExecution, taskErrors } from "../executions.ts";
import { deployAnew } from "../stack.ts";

/** The fewest seconds between what a step does and the next look, at the emulator's pace. */
const A_LOOK_MS = 3_000;

describe("an execution that waits while another version is deployed", () => {
  it("ends well with the code that it began with, and the next one has the new code", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    // The third pod may not be made, so that the run waits for it.
    await scenario.kubectl("-n", scenario.namespace, "create", "quota", "two", "--hard=pods=2");
    const scale = about(scenario, { action: "scale_deployment", deployment_name: "web", replicas: 3 });
    const arn = await startExecution(scale);
    await scenario.until("the remedy is in place", () =>
      Promise.resolve(changesBy("scale", scenario.namespace).includes("patch deployments/scale")),
    );
    const copy = withAnotherContract();
    try {
      await deployAnew(copy.directory, inject("site").directory);
    } finally {
      copy.remove();
    }
    await sleep(A_LOOK_MS);
    await scenario.kubectl("-n", scenario.namespace, "delete", "quota", "two");

    const before = await ended(arn);
    const after = await execute({ ...scale, dry_run: true });

    expect(before.workloads).toMatchObject([{ outcome: "Recovered", delivered: true }]);
    expect(await taskErrors(arn)).toEqual([]);
    expect(await inputsOfWorkloads(arn)).not.toMatchObject([{ edition: 2 }]);
    expect(await inputsOfWorkloads(after.arn)).toMatchObject([{ edition: 2 }]);
    expect(after.status).toBe("SUCCEEDED");
    expect(await taskErrors(after.arn)).toEqual([]);
  });
});

/** A copy of the project whose functions refuse what the present ones hand to each other. */
function withAnotherContract(): Copy {
  const copy = new Copy();
  copy.replace(
    "functions/run/contracts.ts",
    "export const WorkloadRun = z.strictObject({",
    "export const WorkloadRun = z.strictObject({ edition: z.literal(2),",
  );
  copy.replace(
    "statemachines/remediation.asl.json",
    '"dry_run.$": "$.detection.dry_run",',
    '"dry_run.$": "$.detection.dry_run", "edition": 2,',
  );
  return copy;
}
