import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { stageConfig } from "../../../local/cluster/stages.ts";

interface Stage {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: {
    resourceRef: { kind: string };
    selector: { matchExpressions: { key: string; operator: string }[] };
    steps?: { patch?: { template: string } }[];
    next?: { delete?: boolean; statusTemplate?: string };
  };
}

const documents = parseAllDocuments(stageConfig());
const stages = documents.map((document) => document.toJS() as Stage);

/** The Go templates of a stage. */
function templates({ spec }: Stage): string[] {
  const all = [spec.next?.statusTemplate, ...(spec.steps ?? []).map(({ patch }) => patch?.template)];
  return all.filter((text) => text !== undefined);
}

describe("the stages", () => {
  it("are YAML that KWOK takes for stages of pods and nodes", () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    for (const { apiVersion, kind, spec } of stages) {
      expect([apiVersion, kind]).toEqual(["kwok.x-k8s.io/v1alpha1", "Stage"]);
      expect(["Pod", "Node"]).toContain(spec.resourceRef.kind);
    }
  });

  it("have names of their own, by which KWOK tells them apart", () => {
    const names = stages.map(({ metadata }) => metadata.name);

    expect(names.length).toBeGreaterThan(10);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(stages.map((stage) => [stage.metadata.name, stage] as const))(
    "are each for objects in one state, and do something to them: %s",
    (_name, { spec }) => {
      expect(spec.selector.matchExpressions.length).toBeGreaterThan(0);
      expect((spec.steps ?? []).length > 0 || spec.next !== undefined).toBe(true);
    },
  );

  it.each(stages.flatMap((stage) => templates(stage).map((text) => [stage.metadata.name, text] as const)))(
    "close every block that their template opens: %s",
    (_name, text) => {
      const actions = [...text.matchAll(/\{\{-?\s*(\w+|\/\*)?/g)].map(([, word]) => word);
      const opened = actions.filter((word) => ["if", "range", "with"].includes(word ?? "")).length;

      expect(actions.filter((word) => word === "end")).toHaveLength(opened);
      expect(text.match(/\}\}/g)).toHaveLength(actions.length);
      expect(text).not.toMatch(/undefined|\$\{|\[object/);
    },
  );
});
