import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diagnosisOf } from "../../../functions/classify/classify.ts";
import { openCase } from "../../../functions/facts/case.ts";
import { withNeededBefore } from "../../../functions/facts/needed-before.ts";
import type { RequestedRemedy } from "../../../functions/run/contracts.ts";
import type { PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  incident,
  ofRevision,
  pod,
  policy,
  replicaSet,
} from "../../support/objects.ts";
import { controllerRevision, DB, db, dbPod } from "../../support/set-objects.ts";

type Spec = NonNullable<PodTemplate["spec"]>;
type Container = Spec["containers"][number];

const OLD = "/api/v1/namespaces/shop/configmaps/old";

function reads(image: string, container: Partial<Container>, more: Partial<Spec> = {}): PodTemplate {
  return {
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "app", image, ...container }], ...more },
  };
}

const from = (name: string, optional?: boolean): Partial<Container> => ({
  envFrom: [{ configMapRef: { name, ...(optional === undefined ? {} : { optional }) } }],
});
const MOUNTED: Partial<Container> = { volumeMounts: [{ name: "v", mountPath: "/v" }] };
const BEFORE = reads("shop/web:1", from("old"));
const NOW = reads("shop/web:2", from("new"));

describe("what the revision to go back to needs", () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await ApiServer.start();
  });
  afterEach(() => api.stop());

  interface State {
    before?: PodTemplate;
    now?: PodTemplate;
    requested?: RequestedRemedy;
    isWell?: boolean;
    rules?: object;
  }

  /** Revision 3 crashes since it was rolled out; revision 2 was well. */
  async function remedy({ before = BEFORE, now = NOW, requested, isWell = false, rules = {} }: State = {}) {
    const oldest = reads("shop/web:0", from("oldest"));
    const gathered = evidence({
      workload: deployment({ template: now, progressing: { status: "False", reason: "ProgressDeadlineExceeded" } }),
      holders: [
        replicaSet(3, { template: now, replicas: 1, created: ago(900) }),
        replicaSet(2, { template: before, available: 2, created: ago(90_000) }),
        replicaSet(1, { template: oldest, created: ago(180_000) }),
      ],
      pods: [ofRevision(3, isWell ? pod() : crashingPod({}))],
      ...(requested === undefined ? {} : { incident: incident({ requested }) }),
      ...(isWell ? { workload: deployment({ template: now }) } : {}),
    });
    const { remedy } = diagnosisOf(await withNeededBefore(api.cluster(), openCase(gathered, policy(rules))));
    return remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action;
  }
  const asked = () => api.requests.map(({ path }) => path);

  const REFUSED =
    "NoSafeRemedy: Not rolled back: ConfigMap old does not exist, and no pod of revision 2 starts without it.";

  it.each<[string, PodTemplate]>([
    ["a whole ConfigMap as variables", BEFORE],
    [
      "one variable",
      reads("shop/web:1", { env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "old", key: "a" } } }] }),
    ],
    ["a volume", reads("shop/web:1", MOUNTED, { volumes: [{ name: "v", configMap: { name: "old" } }] })],
    [
      "a projected volume",
      reads("shop/web:1", MOUNTED, {
        volumes: [{ name: "v", projected: { sources: [{ configMap: { name: "old" } }] } }],
      }),
    ],
    ["an init container", reads("shop/web:1", {}, { initContainers: [{ name: "init", image: "x", ...from("old") }] })],
  ])("keeps from going back where it is gone, as %s", async (_what, before) => {
    expect(await remedy({ before })).toContain(REFUSED);
    expect(asked()).toEqual([OLD]);
  });

  it("keeps from nothing while it is there, or where that is not known", async () => {
    api.on("GET", OLD, found({ metadata: { name: "old" } }), refusal(403, "no"));

    expect([await remedy(), await remedy()]).toEqual(["rollback", "rollback"]);
    expect(await remedy({ rules: { evidence: { config_changes: "none" } } })).toBe("rollback");
    expect(asked()).toEqual([OLD, OLD]);
  });

  it.each<[string, PodTemplate, PodTemplate]>([
    ["which it would do without", reads("shop/web:1", from("old", true)), NOW],
    ["which the present pods need as well", BEFORE, reads("shop/web:2", from("old"))],
    ["which nobody may read", reads("shop/web:1", { envFrom: [{ secretRef: { name: "old" } }] }), NOW],
    [
      "which no container mounts",
      reads("shop/web:1", {}, { volumes: [{ name: "v", configMap: { name: "old" } }] }),
      NOW,
    ],
    ["which the cluster itself writes", reads("shop/web:1", from("kube-root-ca.crt")), NOW],
  ])("is not asked for where it is a thing %s", async (_what, before, now) => {
    expect(await remedy({ before, now })).toBe("rollback");
    expect(asked()).toEqual([]);
  });

  it("is asked for where the present pods may do without it", async () => {
    expect(await remedy({ now: reads("shop/web:2", from("old", true)) })).toContain(REFUSED);
  });

  it("is a Secret as well, where the policy lets those be read", async () => {
    const before = reads("shop/web:1", { envFrom: [{ secretRef: { name: "old" } }, { secretRef: { name: "older" } }] });
    const rules = { evidence: { config_changes: "config_maps_and_secrets" } };

    expect(await remedy({ before, rules })).toContain(
      "Secret old, Secret older do not exist, and no pod of revision 2 starts without them",
    );
  });

  const CORE = "/api/v1/namespaces/shop";
  const NAMED: [string, Partial<Spec>, string][] = [
    ["ServiceAccount old", { serviceAccountName: "old" }, `${CORE}/serviceaccounts/old`],
    ["PriorityClass old", { priorityClassName: "old" }, "/apis/scheduling.k8s.io/v1/priorityclasses/old"],
    ["RuntimeClass old", { runtimeClassName: "old" }, "/apis/node.k8s.io/v1/runtimeclasses/old"],
    ["Node old", { nodeName: "old" }, "/api/v1/nodes/old"],
    [
      "PersistentVolumeClaim old",
      { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "old" } }] },
      `${CORE}/persistentvolumeclaims/old`,
    ],
  ];
  const naming = (spec: Partial<Spec>) => reads("shop/web:1", {}, spec);

  it.each(NAMED)("is %s as well, whoever asks, whether the present pods name it or not", async (name, spec, path) => {
    const refused = `NoSafeRemedy: Not rolled back: ${name} does not exist, and no pod of revision 2 starts without it.`;
    const before = naming(spec);

    expect(await remedy({ before })).toContain(refused);
    expect(await remedy({ before, now: reads("shop/web:2", {}, spec) })).toContain(refused);
    expect(await remedy({ before, requested: { action: "rollback", revision: 2 } })).toContain(refused);
    expect(asked()).toEqual([path, path, path]);
  });

  it.each(NAMED)("keeps from nothing where %s is there, or may not be read", async (_name, spec, path) => {
    api.on("GET", path, found({ metadata: { name: "old" } }), refusal(403, "no"));

    expect([await remedy({ before: naming(spec) }), await remedy({ before: naming(spec) })]).toEqual([
      "rollback",
      "rollback",
    ]);
  });

  it("is a claim that is being deleted as well, and no account that is", async () => {
    const going = found({ metadata: { name: "old", deletionTimestamp: ago(60) } });
    for (const [, , path] of NAMED) api.on("GET", path, going);
    const said = await Promise.all(NAMED.map(([, spec]) => remedy({ before: naming(spec) })));

    expect(said.slice(0, -1)).toEqual(NAMED.slice(1).map(() => "rollback"));
    expect(said.at(-1)).toContain("PersistentVolumeClaim old is being deleted, or does not exist");
  });

  it("is no claim that one of the StatefulSet's own stands in the place of", async () => {
    const claim = (name: string) => ({ name, persistentVolumeClaim: { claimName: name } });
    const earlier = naming({ volumes: [claim("data"), claim("old")] });
    const facts = openCase(
      evidence({
        incident: incident({ workload: DB, requested: { action: "rollback", revision: 1 } }),
        workload: db({ spec: { volumeClaimTemplates: [{ metadata: { name: "data" }, spec: {} }] } }),
        holders: [controllerRevision(2), controllerRevision(1, { template: earlier })],
        pods: [dbPod(0, 2)],
      }),
      policy(),
    );

    const { evidence: known } = await withNeededBefore(api.cluster(), facts);
    expect(known.neededBefore?.absent).toEqual([{ kind: "PersistentVolumeClaim", name: "old", isGoing: false }]);
  });

  it("is not what each cluster has", async () => {
    const before = naming({ serviceAccountName: "default", priorityClassName: "system-cluster-critical" });

    expect(await remedy({ before })).toBe("rollback");
    expect(asked()).toEqual([]);
  });

  it("is a Secret that its images are pulled with, which only who asks may go without", async () => {
    const before = naming({ imagePullSecrets: [{ name: "old" }] });
    const rules = { evidence: { config_changes: "config_maps_and_secrets" } };

    expect(await remedy({ before })).toBe("rollback");
    expect(await remedy({ before, rules })).toContain(
      "NoSafeRemedy: Not rolled back: Secret old, which the images of revision 2 are to be pulled with, does not exist, and whether they can be pulled without it is not known.",
    );
    expect(await remedy({ before, rules, requested: { action: "rollback", revision: 2 } })).toBe("rollback");
    expect(await remedy({ before, rules, now: reads("shop/web:2", {}, { imagePullSecrets: [{ name: "old" }] }) })).toBe(
      "rollback",
    );
  });

  it("keeps those from going back who ask for that revision, well or not", async () => {
    const requested = { action: "rollback", revision: 2 } as const;

    expect(await remedy({ requested })).toContain(REFUSED);
    expect(await remedy({ requested, isWell: true })).toContain(REFUSED);
    expect(await remedy({ requested: { action: "rollback", revision: 1 } })).toContain("ConfigMap oldest");
  });

  it("is not asked for where nothing fails, or something else is asked for", async () => {
    await remedy({ isWell: true });
    await remedy({ requested: { action: "scale", replicas: 3 } });

    expect(asked()).toEqual([]);
  });
});
