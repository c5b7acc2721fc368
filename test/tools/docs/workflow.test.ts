import { describe, expect, it } from "vitest";
import { workflowPicture } from "../../../tools/docs/workflow.ts";
import { loadDefinition } from "../../../local/engine/engine.ts";

interface States {
  States: Record<string, { ItemProcessor?: States }>;
}

function namesIn({ States }: States): string[] {
  return Object.entries(States).flatMap(([name, { ItemProcessor: inside }]) => [
    name,
    ...(inside === undefined ? [] : namesIn(inside)),
  ]);
}

describe("the picture of the workflow", () => {
  it("has every state of the definition, and a line to each but the first of a level", () => {
    const picture = workflowPicture();

    for (const name of namesIn(loadDefinition() as unknown as States)) {
      expect(picture, name).toContain(`"${name}"`);
      const id = name.replace(/[^A-Za-z]+/g, "_").replace(/_$/, "");
      if (name !== "Which request?" && name !== "Claim workload")
        expect(picture, name).toMatch(new RegExp(`-> ?(\\|[^|]+\\| )?${id}\\n`));
    }
  });

  it("names at each fork what is decided on", () => {
    expect(workflowPicture()).toContain("Did_it_work -->|settling| Wait_again");
    expect(workflowPicture()).toContain("Which_request -->|a runbook| Find_workload");
  });
});
