import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { ConfigMeta, ConfigObject } from "../../../functions/facts/config-objects.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import { fieldsBy, writtenBy } from "../../support/field-writers.ts";
import { TRICKS, UNPRINTABLE } from "../../support/hostile.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  replicaSet,
} from "../../support/objects.ts";

const WEB: PodTemplate = {
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "app", image: "shop/web:2", envFrom: [{ configMapRef: { name: "web" } }] }] },
};
const AGAIN: PodTemplate = {
  ...WEB,
  metadata: { ...WEB.metadata, annotations: { "kubectl.kubernetes.io/restartedAt": "2026-06-01T11:45:00Z" } },
};

const DATA = { "f:data": { ".": {}, "f:app.yaml": {} } };

function configMap(metadata: ConfigMeta, name = "web"): ConfigObject {
  return {
    kind: "ConfigMap",
    name,
    optional: false,
    state: "there",
    metadata: { creationTimestamp: ago(900_000), ...metadata },
  };
}

const unread = (kind: "ConfigMap" | "Secret", name: string, why: "policy" | "forbidden"): ConfigObject => ({
  ...{ kind, name, optional: false, state: "unread", why },
});

/** Restarted 900 s ago; its new pod was made then, and fails since 850 s ago. Two pods from 10,000 s ago serve on. */
function restarted(config: ConfigObject[], metadata = {}): Evidence {
  const old = ["a", "b"].map((name) =>
    ofRevision(2, pod({ name: `web-2-${name}`, metadata: { creationTimestamp: ago(10_000) } })),
  );
  const crashing = crashingPod({ name: "web-3-a", startedAgo: 900, restarts: 0, ranFor: 40, endedAgo: 850 });
  const workload = deployment({
    template: AGAIN,
    progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
  });
  return evidence({
    config,
    workload: { ...workload, metadata: { ...workload.metadata, ...metadata } },
    holders: [
      replicaSet(3, { template: AGAIN, replicas: 1, created: ago(901) }),
      replicaSet(2, { template: WEB, available: 2, created: ago(90_000) }),
    ],
    pods: [ofRevision(3, crashing), ...old],
  });
}

/** A pod that was ready for nine days, and crashed 100 s ago for the first time; nothing was rolled out. */
function stable(config: ConfigObject[]): Evidence {
  const started = 9 * 86_400;
  const crashing = crashingPod({ startedAgo: started, restarts: 0, ranFor: started - 200, endedAgo: 100 });
  return evidence({
    config,
    workload: deployment({ template: WEB }),
    holders: [replicaSet(1, { template: WEB, available: 0, replicas: 1, created: ago(started + 10) })],
    pods: [ofRevision(1, crashing)],
  });
}

const told = (seen: Evidence) => {
  const { cause, evidence: lines, remedy } = classify(seen, policy());
  const about = lines.filter((line) => /^(ConfigMap|Secret|not looked at)/.test(line));
  return { cause, about, message: "message" in remedy ? remedy.message : "" };
};

describe("a version that fails since it was started again", () => {
  it("is told with the ConfigMap that changed since pods of it were well: by whom, when, and which keys", () => {
    const seen = told(restarted([configMap(fieldsBy("kubectl-edit", DATA, { at: ago(960) }))]));

    const change =
      "ConfigMap web was written to by kubectl-edit at 2026-06-01T11:44:00Z, about 110 s before the first failure; keys of this writer: app.yaml";
    expect(seen).toMatchObject({ cause: "FailsSinceRestart", about: [change] });
    expect(seen.message).toContain(`${change}. 2 pods from before serve on`);
  });

  it("is told with who marked it anew", () => {
    const annotation = { "f:kubectl.kubernetes.io/restartedAt": {} };
    const marked = { "f:spec": { "f:template": { "f:metadata": { "f:annotations": annotation } } } };

    expect(classify(restarted([], fieldsBy("kubectl-rollout", marked, { at: ago(900) })), policy()).evidence).toContain(
      "the template is marked anew: kubectl.kubernetes.io/restartedAt: 2026-06-01T11:45:00Z (by its managed fields, last written by kubectl-rollout at 2026-06-01T11:45:00.000Z)",
    );
  });

  it.each([
    ["before its pods were started that serve on", fieldsBy("helm", DATA, { at: ago(10_001) })],
    ["in its metadata alone", fieldsBy("leader", { "f:metadata": { "f:annotations": {} } }, { at: ago(960) })],
    ["by nobody who can be told, a long time ago", {}],
  ])("is told with no change that was %s", (_when, metadata) => {
    expect(told(restarted([configMap(metadata)])).about).toEqual([]);
  });

  it("is never told that what changed after the first failure came before it", () => {
    const { about, message } = told(restarted([configMap(fieldsBy("kubectl-edit", DATA, { at: ago(600) }))]));

    expect(about).toEqual([
      "ConfigMap web was written to by kubectl-edit at 2026-06-01T11:50:00Z, about 4 min after the first failure; keys of this writer: app.yaml",
    ]);
    expect(message).not.toContain("kubectl-edit");
  });

  it("is told with the last write before the first failure, where others follow", () => {
    const writers = writtenBy(
      ["helm", DATA, { at: ago(2_000) }],
      ["kubectl-edit", DATA, { at: ago(960) }],
      ["operator", DATA, { at: ago(30) }],
    );

    expect(told(restarted([configMap(writers)])).about).toEqual([
      expect.stringContaining("written to by kubectl-edit"),
    ]);
  });

  it("is told with three objects at most, the nearest before the failure first", () => {
    const changed = [4_000, 1_000, 3_000, 2_000].map((seconds) =>
      configMap(fieldsBy("helm", DATA, { at: ago(seconds) }), `web-${seconds}`),
    );
    const { about, message } = told(restarted(changed));

    expect(about.map((line) => line.split(" ")[1])).toEqual(["web-1000", "web-2000", "web-3000"]);
    expect(message).toContain("ConfigMap web-1000");
    expect(message).toContain("3 others of these were written to in that time, too.");
  });

  it("is told with an object that was made anew, by whom where that is known", () => {
    const anew = (fields: object) => configMap({ creationTimestamp: ago(960), ...fields });

    expect(told(restarted([anew(fieldsBy("argocd", DATA, { at: ago(960) }))])).about[0]).toMatch(
      /^ConfigMap web was created by argocd at 2026-06-01T11:44:00Z, /,
    );
    expect(told(restarted([anew({})])).about).toEqual([
      "ConfigMap web was created by somebody unknown at 2026-06-01T11:44:00Z, about 110 s before the first failure",
    ]);
  });

  it("is told with no program that the API server has made up", () => {
    const by = (manager: string) => told(restarted([configMap(fieldsBy(manager, DATA, { at: ago(960) }))])).about;

    expect(by("before-first-apply")).toEqual([]);
    expect(by("ancient-changes")).toEqual([expect.stringContaining("written to by somebody unknown at")]);
  });

  it("is told with what does not exist, and with what was not looked at and why", () => {
    const gone: ConfigObject = { kind: "ConfigMap", name: "extra", optional: true, state: "missing" };
    const { about } = told(
      restarted([gone, unread("ConfigMap", "web", "forbidden"), unread("Secret", "db", "policy")]),
    );

    expect(about).toEqual([
      "ConfigMap extra does not exist, which the template allows",
      "not looked at, for lack of permission: ConfigMap web",
      "not looked at, by the policy (evidence.config_changes): Secret db",
    ]);
  });

  it("is told in one line each, whatever a writer calls itself", () => {
    for (const manager of ["a\nb\u202Ec\u0000", "", "x".repeat(2_000), ...TRICKS]) {
      for (const line of told(restarted([configMap(fieldsBy(manager, DATA, { at: ago(960) }))])).about) {
        expect(line).not.toMatch(UNPRINTABLE);
        expect(line.length).toBeLessThanOrEqual(300);
        expect(line).toContain("about 110 s before the first failure");
      }
    }
  });
});

describe("a workload that ran well and crashes without a rollout", () => {
  it("is told with the change of its configuration that came last before", () => {
    const seen = told(
      stable([
        configMap(fieldsBy("helm", DATA, { at: ago(5_000) }), "other"),
        configMap(fieldsBy("kubectl-edit", DATA, { at: ago(400) })),
        configMap(fieldsBy("kubectl-patch", DATA, { at: ago(50) }), "mended"),
        unread("Secret", "db", "policy"),
      ]),
    );

    expect(seen).toMatchObject({
      cause: "CrashLoopOfStableWorkload",
      about: [
        "ConfigMap web was written to by kubectl-edit at 2026-06-01T11:53:20Z, about 5 min before the first failure; keys of this writer: app.yaml",
      ],
    });
  });

  it("is told nothing of what changed before it was started itself, though its revision is older", () => {
    const seen = stable([configMap(fieldsBy("kubectl-edit", DATA, { at: ago(10 * 86_400) }))]);
    const older = replicaSet(1, { template: WEB, replicas: 1, created: ago(20 * 86_400) });

    expect(told({ ...seen, holders: [older] })).toMatchObject({ cause: "CrashLoopOfStableWorkload", about: [] });
  });

  it("is told nothing of what changed before a pod was started that is well", () => {
    const seen = stable([configMap(fieldsBy("kubectl-edit", DATA, { at: ago(8_000) }))]);
    const well = ofRevision(1, pod({ name: "web-1-b", metadata: { creationTimestamp: ago(7_000) } }));

    expect(told(seen).about).toHaveLength(1);
    expect(told({ ...seen, pods: [...seen.pods, well] }).about).toEqual([]);
  });
});

describe("a pod that lacks a key of what it reads", () => {
  const lacking = (message: string, config: ConfigObject) => {
    const waiting = container({ ready: false, state: { waiting: { reason: "CreateContainerConfigError", message } } });
    const stuck = pod({
      status: { phase: "Pending", conditions: [{ type: "Ready", status: "False" }], containerStatuses: [waiting] },
    });
    return told(evidence({ config: [config], pods: [ofRevision(1, stuck)] }));
  };

  it("is told with who wrote to the object last", () => {
    const { cause, about } = lacking(
      "couldn't find key url in ConfigMap shop/web",
      configMap(fieldsBy("kubectl-edit", DATA, { at: ago(400) })),
    );

    expect(cause).toBe("MissingConfig");
    expect(about).toEqual([
      "ConfigMap web was last written to, by kubectl-edit at 2026-06-01T11:53:20Z; who only takes a key away leaves no mark",
    ]);
  });

  it("is told that an object exists by now that its node did not find", () => {
    const made = configMap({ creationTimestamp: ago(10), ...fieldsBy("helm", DATA, { at: ago(10) }) });

    expect(lacking('configmap "web" not found', made).about).toEqual([
      "ConfigMap web exists now: it was created by helm at 2026-06-01T11:59:50Z",
    ]);
  });
});

describe("a version that crashes since its rollout", () => {
  /** Revision 2 came 900 s ago with another image, and its pod crashes; revision 1 ran well for a day. */
  const rolledOut = (config: ConfigObject[]): Evidence => {
    const [app] = WEB.spec?.containers ?? [];
    const before: PodTemplate = { ...WEB, spec: { containers: [{ name: "app", ...app, image: "shop/web:1" }] } };
    return evidence({
      config,
      workload: deployment({
        template: WEB,
        progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
      }),
      holders: [
        replicaSet(2, { template: WEB, replicas: 1, created: ago(900) }),
        replicaSet(1, { template: before, available: 2, created: ago(90_000) }),
      ],
      pods: [
        ofRevision(2, crashingPod({ name: "web-2-a", startedAgo: 890 })),
        ...["a", "b"].map((name) => ofRevision(1, pod({ name: `web-1-${name}` }))),
      ],
    });
  };
  const helm = (at: number, more: ConfigMeta = {}) =>
    configMap({ ...fieldsBy("helm", DATA, { at: ago(at) }), ...more });

  it("is told with what changed with it, and stays as it is when that goes", () => {
    expect(told(rolledOut([helm(905)]))).toMatchObject({
      cause: "CrashLoopAfterRollout",
      about: [
        "ConfigMap web was written to by helm at 2026-06-01T11:44:55Z, about 5 s before revision 2 was made; keys of this writer: app.yaml; an earlier template alone leaves it as it is",
      ],
    });
    expect(told(rolledOut([helm(880)])).about.join()).toContain("about 20 s after revision 2 was made");
  });

  it.each([
    ["long before it", helm(2_000)],
    ["long after it", helm(300)],
    ["as it was made with it", helm(905, { creationTimestamp: ago(905) })],
  ])("is told with nothing that changed %s", (_when, object) => {
    expect(told(rolledOut([object])).about).toEqual([]);
  });
});
