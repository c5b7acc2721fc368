import { describe, expect, it } from "vitest";
import type { WorkloadState } from "../../../../functions/facts/state.ts";
import { DEPLOYMENT } from "../../../../functions/kinds/deployment/kind.ts";
import { PAUSED_ANNOTATION, type Application } from "../../../../functions/facts/argo-cd-application.ts";
import { gaps, keptPolicy, overtaken, remains, seen } from "../../../../functions/remedies/argo-cd-rollback/seen.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import { application, CHANGE as PLANNED, readOf } from "../../../support/argo-cd.ts";
import { fieldsBy } from "../../../support/field-writers.ts";
import { words } from "../../../../functions/remedies/argo-cd-rollback/words.ts";
import { ago, deployment, template, WEB } from "../../../support/objects.ts";

const GOOD = template("shop/web:1");
const BAD = template("shop/web:2");
const CHANGE = { ...PLANNED, after: { ...PLANNED.after, template: templateHash(GOOD) } };
const { kind: action, ...parts } = CHANGE;
const PLAN = { action, ...parts };
const OWN = { initiatedBy: { username: "eks-remediation" }, sync: { revision: "good" } };

/** The Application as the remedy leaves it, or as it has become since. */
function paused({ metadata, ...more }: Partial<Application> = {}): Application {
  return application({
    metadata: { annotations: { [PAUSED_ANNOTATION]: keptPolicy(CHANGE.automated) }, ...metadata },
    spec: { syncPolicy: {} },
    ...more,
  });
}
const operationState = (operation: object, phase = "Succeeded", message = "") => ({
  operationState: { operation, phase, message },
});
const ended = (more: object = {}) => paused({ status: { ...operationState(OWN), ...more } });

function state(object: Application | undefined, present = GOOD, writer = "argocd-controller"): WorkloadState {
  const metadata = {
    namespace: "shop",
    name: "web",
    ...fieldsBy(writer, { "f:spec": { "f:template": { "f:spec": {} } } }, { at: ago(5) }),
  };
  const workload = deployment({ template: present, metadata });
  const others = object === undefined ? [] : readOf(object);
  return { kind: DEPLOYMENT, workload, pods: [], controllers: [], hpa: undefined, others };
}

describe("a rollback through Argo CD is to be seen", () => {
  it("by the sync policy that it has paused, however far its sync is", () => {
    expect(seen(PLAN, state(paused({ operation: OWN }), BAD))).toEqual(CHANGE);
    expect(seen(PLAN, state(ended()))).toEqual(CHANGE);
    // The controller takes an empty sync policy away.
    expect(seen(PLAN, state({ ...paused(), spec: {} }))).toEqual(CHANGE);
  });

  it.each<[string, Application | undefined]>([
    ["without the annotation", application({ spec: { syncPolicy: {} } })],
    ["where automated sync is on", paused({ spec: { syncPolicy: { automated: {} } } })],
    ["where another policy is kept", paused({ metadata: { annotations: { [PAUSED_ANNOTATION]: "{}" } } })],
    ["in another Application of the name", paused({ metadata: { uid: "another" } })],
    ["without the Application", undefined],
  ])("not %s", (_state, object) => {
    expect(seen(PLAN, state(object))).toBeUndefined();
  });
});

describe("somebody else has taken it over", () => {
  it.each<[string, Application | undefined, RegExp]>([
    ["who resumed it", paused({ spec: { syncPolicy: { automated: { prune: true } } } }), /automated sync .* was set/],
    ["who took the mark away", application({ spec: { syncPolicy: {} } }), /automated sync .* was set/],
    ["who syncs it", paused({ operation: { sync: { revision: "other" } } }), /latest sync/],
    [
      "who has synced it",
      ended(operationState({ initiatedBy: { username: "admin" }, sync: { revision: "x" } })),
      /latest sync/,
    ],
    ["who called its sync off", paused(), /latest sync/],
    ["who deleted it", undefined, /not to be seen/],
  ])("%s", (_who, object, said) => {
    expect(overtaken(CHANGE, state(object))).toMatch(said);
  });

  it("who has written its sync policy, though automated sync stays off, as its managed fields tell", () => {
    const wrote = (manager: string, at: number, fields: object) => ({
      manager,
      operation: "Update",
      time: ago(at),
      fieldsV1: fields,
    });
    const own = wrote("eks-remediation", 60, {
      "f:metadata": { "f:annotations": { [`f:${PAUSED_ANNOTATION}`]: {} } },
    });
    const policyOf = (manager: string, at: number) => {
      const managedFields = [own, wrote(manager, at, { "f:spec": { "f:syncPolicy": { "f:syncOptions": {} } } })];
      const annotations = { [PAUSED_ANNOTATION]: keptPolicy(CHANGE.automated) };
      return state({ ...ended(), metadata: { ...application().metadata, annotations, managedFields } });
    };

    expect(overtaken(CHANGE, policyOf("kubectl-edit", 30))).toBe(
      "kubectl-edit has written the sync policy of Application shop since",
    );
    expect(overtaken(CHANGE, policyOf("kubectl-edit", 90))).toBeUndefined();
    expect(overtaken(CHANGE, policyOf("argocd-server", 30))).toBeUndefined();
  });

  it("who wrote another template after the sync, unless that is Argo CD", () => {
    expect(overtaken(CHANGE, state(ended(), BAD, "kubectl-edit"))).toContain("kubectl-edit");
    expect(overtaken(CHANGE, state(ended(), BAD))).toBeUndefined();
    expect(overtaken(CHANGE, state(paused({ operation: OWN }), BAD, "kubectl-edit"))).toBeUndefined();
  });

  it("not while its own sync waits, runs or has ended", () => {
    expect(overtaken(CHANGE, state(paused({ operation: OWN })))).toBeUndefined();
    expect(
      overtaken(CHANGE, state(paused({ operation: OWN, status: operationState(OWN, "Running") }))),
    ).toBeUndefined();
    expect(overtaken(CHANGE, state(ended()))).toBeUndefined();
  });
});

describe("it has taken effect", () => {
  const unhealthy = [
    {
      group: "apps",
      kind: "Deployment",
      namespace: "shop",
      name: "web",
      status: "Synced",
      health: { status: "Degraded" },
    },
  ];
  it.each<[string, Application, string[]]>([
    ["not before its sync has begun", paused({ operation: OWN }), ["the sync of Application shop is not at its end"]],
    [
      "not before its sync has ended",
      paused({ status: operationState(OWN, "Running") }),
      ["the sync of Application shop is not at its end"],
    ],
    [
      "not when its sync failed",
      paused({ status: operationState(OWN, "Failed", "refused") }),
      ["the sync of Application shop ended as Failed: refused"],
    ],
    ["not while Argo CD calls it degraded", ended({ resources: unhealthy }), ["Argo CD calls it Degraded"]],
    ["when its sync has succeeded", ended(), []],
  ])("%s", (_when, object, missing) => {
    expect(gaps(CHANGE, state(object))).toEqual(missing);
  });

  it("not while the template is another", () => {
    expect(gaps(CHANGE, state(ended(), BAD))).toEqual(["its pod template is not that of revision 1"]);
  });
});

describe("what is taken back", () => {
  const BACK = { back: { source: ["bad"] } };

  it("is to be seen once the sync policy is as it was", () => {
    expect(seen({ ...PLAN, ...BACK }, state(application()))).toEqual({ ...CHANGE, ...BACK });
    expect(seen({ ...PLAN, ...BACK }, state(ended()))).toBeUndefined();
  });

  it("is somebody else's once the sync policy is another", () => {
    expect(overtaken({ ...CHANGE, ...BACK }, state(application()))).toBeUndefined();
    expect(overtaken({ ...CHANGE, ...BACK }, state(ended()))).toContain("is not as it was");
  });

  it.each<[string[], string]>([
    [["bad"], "bad when it looked last, which is the version that was rolled back: it is rolled out again."],
    [["fixed"], "fixed when it looked last, and not bad, which was rolled back."],
    [[], "unless it was reverted there, that is bad, which was rolled back: it is rolled out again."],
  ])("says what its source holds: %s", (source, said) => {
    expect(words.would?.({ ...PLAN, back: { source } }, WEB)).toBe(
      `Would resume the automated sync of Application argocd/shop exactly as it was. Argo CD would then sync what its source holds, as soon as sync windows let it: ${said}`,
    );
  });
});

it("is undone as soon as the sync policy is as it was, exactly", () => {
  expect(remains(CHANGE, state(application()))).toEqual([]);
  expect(remains(CHANGE, state(application({ spec: { syncPolicy: { automated: { prune: true } } } })))).toHaveLength(1);
  expect(remains(CHANGE, state(paused()))).toHaveLength(1);
  // The controller takes away what is false.
  const automated = { prune: true, selfHeal: true, allowEmpty: false };
  expect(remains({ ...CHANGE, automated }, state(application()))).toEqual([]);
  expect(remains(CHANGE, state(undefined))).toEqual(["Application shop is not to be seen, or is another one by now"]);
});
