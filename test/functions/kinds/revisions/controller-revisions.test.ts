import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newestHealthyRevision } from "../../../../functions/facts/proof.ts";
import { readParts } from "../../../../functions/kinds/pods.ts";
import {
  CONTROLLER_REVISIONS,
  templateOfRevision,
} from "../../../../functions/kinds/revisions/controller-revisions.ts";
import { currentRevision } from "../../../../functions/kinds/revisions/revision.ts";
import { STATEFUL_SET } from "../../../../functions/kinds/stateful-set/kind.ts";
import type { ControllerRevision, Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { ApiServer, page } from "../../../support/api-server.ts";
import { ago, NOW, pod, template } from "../../../support/objects.ts";
import { agent, controllerRevision, DB, db, dbPod } from "../../../support/set-objects.ts";

const STABLE_SECONDS = 600;
const PRESENT = { stableSeconds: STABLE_SECONDS };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** The newest healthy revision of a StatefulSet whose template is that of `db-r4`. */
function healthy(revisions: ControllerRevision[], pods: Pod[] = []) {
  const seen = CONTROLLER_REVISIONS.revisions(db({ template: template("shop/web:4") }), revisions, pods);
  return newestHealthyRevision(seen, PRESENT);
}

describe("the revisions of a StatefulSet", () => {
  it("come newest first, with the pods that each one has", () => {
    const pods = [dbPod(0, 1), dbPod(1, 1), dbPod(2, 2, { ready: false })];
    const revisions = CONTROLLER_REVISIONS.revisions(db(), [controllerRevision(1), controllerRevision(2)], pods);

    expect(revisions).toMatchObject([
      { revision: 2, kind: "ControllerRevision", name: "db-r2", replicas: 1, available: 0, current: true },
      { revision: 1, kind: "ControllerRevision", name: "db-r1", replicas: 2, available: 2, current: false },
    ]);
  });

  it("do not count pods that are on their way out, nor what is left of failed ones", () => {
    const pods = [
      dbPod(0, 1, { metadata: { deletionTimestamp: NOW.toISOString() } }),
      { ...dbPod(1, 1), status: { phase: "Failed" } },
    ];

    expect(CONTROLLER_REVISIONS.revisions(db(), [controllerRevision(1)], pods)).toMatchObject([
      { replicas: 0, available: 0 },
    ]);
  });

  it("are at the one whose template the StatefulSet has, although it was restarted since", () => {
    const restarted = template("shop/web:1");
    restarted.metadata = { ...restarted.metadata, annotations: { "kubectl.kubernetes.io/restartedAt": ago(60) } };
    const revisions = CONTROLLER_REVISIONS.revisions(db({ template: restarted }), [controllerRevision(1)], []);

    expect(currentRevision(revisions)).toMatchObject({ revision: 1 });
  });

  it("are at none while the controller has not seen the newest template", () => {
    expect(currentRevision(CONTROLLER_REVISIONS.revisions(db(), [controllerRevision(1)], []))).toBeUndefined();
  });

  it("are read with those of others left out that merely match its selector", async () => {
    const foreign = controllerRevision(9);
    foreign.metadata = { ...foreign.metadata, ownerReferences: [] };
    api
      .on("GET", "/api/v1/namespaces/shop/pods", page([]))
      .on("GET", "/apis/apps/v1/namespaces/shop/controllerrevisions", page([controllerRevision(1), foreign]));

    expect((await readParts(api.cluster(), STATEFUL_SET, DB, db())).holders).toEqual([controllerRevision(1)]);
    expect(api.requests.at(-1)?.query["labelSelector"]).toBe("app=db");
  });
});

describe("the revisions of a DaemonSet", () => {
  it("have the pods that are labelled with the end of their name", () => {
    const labelled = (hash: string) => pod({ metadata: { name: hash, labels: { "controller-revision-hash": hash } } });
    const held = [controllerRevision(1, { of: "agent" }), controllerRevision(2, { of: "agent" })];

    expect(
      CONTROLLER_REVISIONS.revisions(agent(), held, [labelled("r1"), labelled("r1"), labelled("r2")]),
    ).toMatchObject([
      { name: "agent-r2", replicas: 1, current: true },
      { name: "agent-r1", replicas: 2, current: false },
    ]);
  });
});

describe("the newest healthy revision of a StatefulSet", () => {
  const bad = controllerRevision(4, { created: ago(100) });

  it("is the one that still serves", () => {
    const revisions = [bad, controllerRevision(3, { created: ago(200) })];

    expect(healthy(revisions, [dbPod(0, 3), dbPod(1, 3), dbPod(2, 4, { ready: false })])).toMatchObject({
      revision: { name: "db-r3" },
      confidence: "high",
    });
  });

  it("is one that served long enough before it was replaced, with less confidence", () => {
    const served = (seconds: number) => [bad, controllerRevision(3, { created: ago(100 + seconds) })];

    expect(healthy(served(STABLE_SECONDS))).toMatchObject({ revision: { name: "db-r3" }, confidence: "medium" });
    expect(healthy(served(STABLE_SECONDS - 1))).toBeUndefined();
  });

  it("is none of which it is not known for how long it served, because it has been rolled back to", () => {
    // db-r1 was number 1 before it became number 3: when that was, nothing tells.
    const reused = controllerRevision(1, { number: 3, created: ago(90_000) });
    const replaced = controllerRevision(2, { created: ago(80_000) });

    expect(healthy([bad, reused, replaced])).toBeUndefined();
    expect(healthy([bad, reused, replaced], [dbPod(0, 1)])).toMatchObject({
      revision: { name: "db-r1", revision: 3 },
      confidence: "high",
    });
  });
});

describe("the template of a ControllerRevision", () => {
  it("is what it holds, without the directive of the patch", () => {
    expect(templateOfRevision(controllerRevision(1))).toEqual(template("shop/web:1"));
  });

  it.each([{}, { spec: {} }, { spec: { template: template() } }])("is not known from %j", (data) => {
    expect(templateOfRevision({ revision: 1, data })).toBeUndefined();
  });
});
