import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runControllers } from "../../../local/embedded/controllers/controller.ts";
import { DEFINITIONS } from "../../../local/embedded/kinds.ts";
import type { Resource } from "../../../local/embedded/resources.ts";
import { stagePlayer } from "../../../local/embedded/stages/player.ts";
import { isFor, keyParts } from "../../../local/embedded/stages/selector.ts";
import type { Stage, StageExpression } from "../../../local/embedded/stages/stage.ts";
import { rendered, templateProblem } from "../../../local/embedded/stages/template.ts";
import type { ApiObject } from "../../../local/embedded/api-object.ts";
import { canary, canaryDefinition } from "../../support/canary-definition.ts";
import { Running } from "./controllers/running.ts";

const NOW = new Date("2026-06-01T12:00:00.250Z");

describe("a stage's selector", () => {
  const object: ApiObject = {
    metadata: { name: "web", labels: { app: "web" }, annotations: { "shop/owner": "team-a" } },
    spec: { paused: true, replicas: 3, empty: null },
    status: { phase: "Healthy", conditions: [{ status: "True" }, { status: "False" }] },
  };
  const cases: [key: string, operator: StageExpression["operator"], values: string[], selected: boolean][] = [
    [".status.phase", "In", ["Healthy", "Degraded"], true],
    [".status.phase", "NotIn", ["Healthy"], false],
    [".spec.paused", "In", ["true"], true],
    [".spec.replicas", "In", ["3"], false],
    [".spec.empty", "Exists", [], false],
    [".spec.none.at.all", "DoesNotExist", [], true],
    [".spec.none", "NotIn", ["x"], true],
    ['.metadata.annotations["shop/owner"]', "In", ["team-a"], true],
    [".status.conditions[].status", "In", ["False"], true],
    [".status.conditions.[].status", "In", ["Unknown"], false],
  ];
  it.each(cases)("of %s %s %j: %s", (key, operator, values, selected) => {
    expect(isFor({ matchExpressions: [{ key, operator, values }] }, object)).toBe(selected);
  });

  it("asks for all labels and annotations that it names", () => {
    expect(isFor({ matchLabels: { app: "web" }, matchAnnotations: { "shop/owner": "team-a" } }, object)).toBe(true);
    expect(isFor({ matchLabels: { app: "db" } }, object)).toBe(false);
    expect(isFor({ matchAnnotations: { "shop/owner": "team-b" } }, object)).toBe(false);
  });

  it.each([".spec | length", "spec.paused", ".spec.steps[0]", '.a["b]'])("has no key such as %s", (key) => {
    expect(() => keyParts(key)).toThrow(`the key ${key} is more than a path of fields`);
  });
});

describe("a stage's template", () => {
  const object = { metadata: { name: "web", generation: 2 }, spec: { replicas: 3, text: "yes: no" } };
  it.each([
    ["replicas: {{ .spec.replicas }}", { replicas: 3 }],
    ['generation: "{{ .metadata.generation }}"', { generation: "2" }],
    ["generation: {{.metadata.generation|Quote}}", { generation: "2" }],
    ["text: {{ .spec.text | Quote }}", { text: "yes: no" }],
    ["at: {{ Now | Quote }}", { at: "2026-06-01T12:00:00.250Z" }],
    ["note: {{ .spec.none }} of {{ .metadata.name }}", { note: "<no value> of web" }],
    ["note: {{ .spec.none.at.all }}", { note: "<no value>" }],
    ["list: [{ type: Ready }]", { list: [{ type: "Ready" }] }],
  ])("%s", (template, value) => {
    expect(templateProblem(template)).toBeUndefined();
    expect(rendered(template, object, NOW)).toEqual(value);
  });

  it.each([
    ["a: {{ if .spec }}1{{ end }}", "{{ if .spec }} is none of {{ Now }}"],
    ["a: {{- .spec.a }}", "{{- .spec.a }} is none of"],
    ["a: {{ .spec.a | upper }}", "is none of"],
    ["a: {{ .spec.a", "{{ is none of"],
    ["a: {{ Now }}", "YAML 1.1 and 1.2 read differently"],
    ["a: yes", "YAML 1.1 and 1.2 read differently"],
    ["a: [", "is no YAML"],
    ["just text", "is no YAML of an object"],
  ])("%s is refused", (template, problem) => {
    expect(templateProblem(template)).toContain(problem);
  });

  it("cannot stand for an object, nor for a field of what has none", () => {
    expect(() => rendered("a: {{ .spec }}", object, NOW)).toThrow("an object or a list");
    expect(() => rendered("a: {{ .metadata.name.first }}", object, NOW)).toThrow(".metadata.name.first asks for");
  });
});

describe("the stage player", () => {
  let cluster: Running;
  let canaries: Resource;
  let end: (() => void) | undefined;
  beforeEach(() => {
    cluster = new Running();
    cluster.store.create(DEFINITIONS, canaryDefinition());
    canaries = cluster.store.resources.find(({ kind }) => kind === "Canary") as Resource;
  });
  afterEach(() => {
    end?.();
    cluster.stop();
  });

  function stage(name: string, phase: string, spec: Pick<Stage["spec"], "next"> & Partial<Stage["spec"]>): Stage {
    const resourceRef = { apiGroup: "deploy.example.com/v1alpha1", kind: "Canary" };
    const key = { key: ".spec.strategy", operator: "In" as const, values: [phase] };
    return { metadata: { name }, spec: { resourceRef, selector: { matchExpressions: [key] }, ...spec } };
  }
  const play = (...stages: Stage[]) => (end = runControllers(cluster.store, [stagePlayer(cluster.store, stages)]));
  const phase = () => (cluster.get(canaries, "web").status as { phase?: string } | undefined)?.phase;

  it("takes a stage after its delay, which begins anew with each change", async () => {
    play(stage("one", "Canary", { delay: { durationMilliseconds: 2_000 }, next: { statusTemplate: "phase: One" } }));
    cluster.create(canaries, canary("web"));
    await cluster.pass(1.5);
    cluster.change(canaries, "web", (object) => (object.metadata = { ...object.metadata, labels: { a: "b" } }));

    await cluster.pass(1.5);
    expect(phase()).toBeUndefined();
    await cluster.pass(1);
    expect(phase()).toBe("One");
  });

  it("takes an awaited stage also when the object has changed so that none is for it, as KWOK does", async () => {
    play(stage("one", "Canary", { delay: { durationMilliseconds: 1_000 }, next: { statusTemplate: "phase: One" } }));
    cluster.create(canaries, canary("web"));
    await cluster.pass(0.5);
    cluster.change(canaries, "web", (object) => (object.spec = { ...(object.spec as object), strategy: "BlueGreen" }));

    await cluster.pass(1);
    expect(phase()).toBe("One");
  });

  it("plays on what is there when it begins, and patches what is no status as well", async () => {
    cluster.create(canaries, canary("web"));
    await cluster.settle();
    play(
      stage("one", "Canary", { next: { patches: [{ template: "spec: { strategy: BlueGreen, paused: true }" }] } }),
      stage("two", "BlueGreen", { next: { statusTemplate: "phase: Two" } }),
    );

    await cluster.pass(0.2);
    expect(cluster.get(canaries, "web")).toMatchObject({ metadata: { generation: 2 }, spec: { paused: true } });
    expect(phase()).toBe("Two");
  });

  it("says in an Event what happens, and which stage could not be taken", async () => {
    const event = { type: "Normal" as const, reason: "Begun", message: "It begins" };
    play(stage("bad", "Canary", { next: { event, patches: [{ template: "spec: { strategy: Gamble }" }] } }));
    cluster.create(canaries, canary("web"));

    await cluster.pass(1);
    expect(cluster.events("Canary").sort()).toEqual([
      "Begun: It begins",
      expect.stringMatching(/^StageFailed: Stage bad: .*Unsupported value: "Gamble"/),
    ]);
    expect(cluster.get(canaries, "web").spec).toMatchObject({ strategy: "Canary" });
  });

  it("deletes", async () => {
    play(stage("gone", "Canary", { delay: { durationMilliseconds: 500 }, next: { delete: true } }));
    cluster.create(canaries, canary("brief"));

    await cluster.pass(0.3);
    expect(cluster.list(canaries)).toHaveLength(1);
    await cluster.pass(0.5);
    expect(cluster.list(canaries)).toEqual([]);
  });

  it("forgets what is deleted by others: a new object of that name is another one", async () => {
    play(stage("late", "BlueGreen", { delay: { durationMilliseconds: 500 }, next: { statusTemplate: "phase: Late" } }));
    cluster.create(canaries, canary("web", { spec: { selector: {}, strategy: "BlueGreen" } }));
    await cluster.settle();
    cluster.store.delete(canaries, "shop", "web");
    cluster.create(canaries, canary("web"));

    await cluster.pass(1);
    expect(phase()).toBeUndefined();
  });
});
