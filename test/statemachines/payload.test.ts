import { expect, test } from "vitest";
import { loadDefinition } from "../../local/engine/engine.ts";

test("the results of the workloads take the place of the incidents, so that a state never holds both", () => {
  const { States } = loadDefinition() as unknown as {
    States: Record<string, { ItemsPath?: string; ResultPath?: string }>;
  };
  const map = States["Remediate each workload"];

  expect(map?.ItemsPath).toBe("$.detection.incidents");
  expect(map?.ResultPath).toBe(map?.ItemsPath);
});
