import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadScenario } from "../../../local/scenarios/load.ts";
import { stagesWithin } from "../../../local/scenarios/stages.ts";
import { canaryScenario } from "../../support/brought/index.ts";

const CANARY = fileURLToPath(new URL("../../support/brought/canary", import.meta.url));

let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "scenarios-")), "scenarios");
  cpSync(CANARY, join(root, "canary"), { recursive: true });
});
afterEach(() => {
  rmSync(join(root, ".."), { recursive: true });
});

/** What is wrong with the canary scenario when the first occurrence of a text in one of its files is another one. */
function problemsWith(file: string, from: string, to: string): string {
  const path = join(root, "canary", file);
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    loadScenario("canary", root);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("what a scenario brings", () => {
  it("is its definitions, their kinds and the stages of their objects", () => {
    const { definitions, kinds, stages } = canaryScenario().brought;

    expect(definitions.map(({ metadata }) => metadata?.name)).toEqual(["canaries.deploy.example.com"]);
    expect(kinds).toMatchObject([{ group: "deploy.example.com", version: "v1alpha1", kind: "Canary", status: true }]);
    expect(stages.map(({ metadata }) => metadata.name)).toEqual([
      "canary-begin",
      "canary-finish",
      "canary-degrade",
      "canary-expire",
      "canary-count",
      "canary-late",
      "canary-without",
    ]);
  });

  it("has stages in files of any name that it says", () => {
    renameSync(join(root, "canary", "stages.yaml"), join(root, "canary", "life.yaml"));
    expect(problemsWith("scenario.yaml", "summary:", "summary:")).toBe(
      "scenarios/canary/life.yaml: no step applies it",
    );
    expect(problemsWith("scenario.yaml", "crds:", "stages: [life.yaml]\ncrds:")).toBe("");
  });

  it("is played for the objects of its own namespace alone", () => {
    const [begin] = stagesWithin("play-canary", canaryScenario().brought.stages);

    expect(begin?.metadata.name).toBe("canary-begin.play-canary");
    expect(begin?.spec.selector).toEqual({
      matchLabels: { app: "web" },
      matchExpressions: [
        { key: ".metadata.namespace", operator: "In", values: ["play-canary"] },
        { key: ".status.phase", operator: "DoesNotExist" },
      ],
    });
  });
});

describe("what a scenario brings is refused with the file, the field and the rule", () => {
  const cases: [what: string, file: string, from: string, to: string, ...said: string[]][] = [
    [
      "when a file is missing",
      "scenario.yaml",
      "[canaries.yaml]",
      "[none.yaml]",
      "none.yaml: does not exist, but the scenario",
    ],
    [
      "for another object among the definitions",
      "canaries.yaml",
      "kind: CustomResourceDefinition",
      "kind: Pod",
      "canaries.yaml:2: object 1: kind: has to be CustomResourceDefinition",
    ],
    [
      "for a definition of another name",
      "canaries.yaml",
      "name: canaries.deploy",
      "name: deploy",
      "canaries.yaml:3: object 1: metadata.name: Invalid value",
    ],
    [
      "for a definition without a group",
      "canaries.yaml",
      "  group: deploy.example.com\n",
      "",
      "object 1: spec.group: Required value",
    ],
    [
      "for a definition of a built-in kind",
      "canaries.yaml",
      "kind: Canary",
      "kind: Service",
      'spec.names.kind: Invalid value: "Service"',
    ],
    [
      "for a version that is stored and not served",
      "canaries.yaml",
      "served: true",
      "served: false",
      "spec.versions: the version that is stored has to be served",
    ],
    [
      "for a manifest of a kind that it does not bring",
      "canaries-of-the-shop.yaml",
      "kind: Canary",
      "kind: Gamble",
      "Gamble of deploy.example.com/v1alpha1 cannot be played",
      "Canary (deploy.example.com/v1alpha1)",
    ],
    [
      "for a stage of another version of KWOK",
      "stages.yaml",
      "kwok.x-k8s.io/v1alpha1",
      "kwok.x-k8s.io/v1",
      "stages.yaml:1: object 1: apiVersion: ",
    ],
    [
      "for a stage of a kind that it does not bring",
      "stages.yaml",
      "kind: Canary",
      "kind: Pod",
      "object 1: spec.resourceRef: names no kind, and stored version, of the scenario's crds",
    ],
    [
      "for a weight",
      "stages.yaml",
      "  delay:",
      "  weight: 2\n  delay:",
      "stages.yaml:10: object 1: spec: weight: is not what both clusters play alike",
    ],
    [
      "for a delay by chance",
      "stages.yaml",
      "{ durationMilliseconds: 1000 }",
      "{ durationMilliseconds: 1000, jitterDurationMilliseconds: 2000 }",
      "spec.delay: jitterDurationMilliseconds: is not what",
    ],
    [
      "for a delay that is computed",
      "stages.yaml",
      "{ durationMilliseconds: 1000 }",
      "{ durationFrom: { expressionFrom: .spec.delay } }",
      "spec.delay: durationFrom: is not what",
    ],
    ["for steps", "stages.yaml", "  next:", "  steps: []\n  next:", "spec: steps: is not what"],
    [
      "for finalizers",
      "stages.yaml",
      "next: { delete: true }",
      "next: { finalizers: { empty: true } }",
      "spec.next: finalizers: is not what",
    ],
    [
      "for a JSON patch",
      "stages.yaml",
      "root: status",
      "root: status\n        type: json",
      "spec.next.patches.0.type: ",
    ],
    [
      "for an expression of jq",
      "stages.yaml",
      "key: .status.phase, operator: DoesNotExist",
      "jq: { key: .status.phase, operator: Exists }",
      "spec.selector.matchExpressions.0: jq: is not what",
    ],
    [
      "for a key that is more than a path",
      "stages.yaml",
      "key: .status.phase",
      "key: .status.phase // 1",
      "matchExpressions.0.key: the key .status.phase // 1 is more than a path of fields",
    ],
    ["for an operator without values", "stages.yaml", ", values: [Progressing]", "", "In and NotIn need values"],
    [
      "for another template",
      "stages.yaml",
      "{{ .spec.replicas }}",
      "{{ add .spec.replicas 1 }}",
      "stages.yaml:13: object 1: spec.next.statusTemplate: {{ add .spec.replicas 1 }} is none of",
    ],
    [
      "for a status and patches",
      "stages.yaml",
      "    statusTemplate: |",
      "    patches: []\n    statusTemplate: |",
      "spec.next: needs either patches or statusTemplate",
    ],
    [
      "for a stage that does nothing",
      "stages.yaml",
      "next: { delete: true }",
      "next: {}",
      "spec.next: needs an event, patches",
    ],
    [
      "for a stage without a selector",
      "stages.yaml",
      '  selector: { matchLabels: { expires: "true" } }\n',
      "",
      "spec.selector: is missing",
    ],
    [
      "for a status where there is no subresource",
      "canaries.yaml",
      "        status: {}\n",
      "",
      "object 1: spec.next: patches a status that is no subresource",
    ],
    [
      "for objects in no namespace",
      "canaries.yaml",
      "scope: Namespaced",
      "scope: Cluster",
      "object 1: spec.resourceRef: names a kind whose objects are in no namespace",
    ],
  ];
  it.each(cases)("%s", (_what, file, from, to, ...said) => {
    const problems = problemsWith(file, from, to);

    for (const part of said) expect(problems).toContain(part);
  });
});
