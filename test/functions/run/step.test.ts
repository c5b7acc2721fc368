import { describe, expect, it } from "vitest";
import { z } from "zod";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { contract, step } from "../../../functions/run/step.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const Input = z.strictObject({ workload: z.strictObject({ name: z.string() }) });
const Output = z.strictObject({ replicas: z.int() });
const environment = unreachableEnvironment(new Error("not to be reached"));

/** A step that answers whatever it is told to, and the inputs that it ran with. */
function scripted(answer: unknown) {
  const inputs: unknown[] = [];
  const handler = step(contract(Input), Output, (input) => {
    inputs.push(input);
    return Promise.resolve(answer as { replicas: number });
  })(environment);
  return { handler, inputs };
}

describe("a step", () => {
  it("takes an input and gives an output that keep to their contracts", async () => {
    const { handler, inputs } = scripted({ replicas: 3 });

    expect(await handler({ workload: { name: "web" } })).toEqual({ replicas: 3 });
    expect(inputs).toEqual([{ workload: { name: "web" } }]);
  });

  it.each([
    ["lacks a field", { workload: {} }, "workload.name"],
    ["has a field more", { workload: { name: "web", uid: "x" } }, "workload: "],
    ["is nothing", undefined, "input: "],
  ])("refuses an input that %s before it does anything, and names the field", async (_what, input, field) => {
    const { handler, inputs } = scripted({ replicas: 3 });

    await expect(handler(input)).rejects.toMatchObject({
      name: "InvalidStepInput",
      message: expect.stringContaining(field) as string,
    });
    expect(inputs).toEqual([]);
  });

  it.each([{}, { replicas: 1.5 }, { replicas: 3, pods: ["a"] }])(
    "ends as broken when its output is %o, before the next step sees that",
    async (output) => {
      await expect(scripted(output).handler({ workload: { name: "web" } })).rejects.toMatchObject({
        name: "InvalidStepOutput",
      });
    },
  );

  it("names an error that has no name, and keeps it as the cause; one that has a name stays as it is", async () => {
    const failing = (error: Error) =>
      step(contract(Input), Output, () => Promise.reject(error))(environment)({ workload: { name: "web" } });
    const nameless = new TypeError("Cannot read properties of null");

    await expect(failing(nameless)).rejects.toMatchObject({
      name: "StepFailed",
      message: expect.stringContaining("Cannot read properties of null") as string,
      cause: nameless,
    });
    await expect(failing(new RemediationError("Forbidden", "You may not."))).rejects.toMatchObject({
      name: "Forbidden",
    });
  });
});
