import { afterEach, beforeEach, expect, it } from "vitest";
import { findDecided } from "../../../functions/detect/decided.ts";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import { entryOf } from "../../../functions/run/history.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { ApiServer, found, page } from "../../support/api-server.ts";
import { claim } from "../../support/claims.ts";
import { ago, deployment, incident, NOW, policy, WEB } from "../../support/objects.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";

const APPS = "/apis/apps/v1/namespaces/shop";
const PLAN = "0123456789abcdef";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", "/api/v1/namespaces/shop", found({ metadata: { name: "shop" } }));
  api.on("GET", "/api/v1/namespaces/shop/pods", page([]));
  api.on("GET", `${APPS}/deployments/web`, found(deployment()));
  api.on("GET", `${APPS}/replicasets`, page([]));
});
afterEach(() => api.stop());

/** What a claim remembers of a scaling that was proposed because somebody had asked for it. */
function proposed(origin: "found" | "agent" | "person" | undefined): HistoryEntry {
  const asked = { requested: { action: "scale", replicas: 4 } as const, ...(origin === undefined ? {} : { origin }) };
  const run = claimedRun({ incident: { ...incident(), ...asked }, diagnosis: diagnosis({ plan: PLAN }) });
  const ended = { cause: "Requested", action: "none", outcome: "Skipped", reason: "ApprovalNeeded" };
  return entryOf(run, { at: new Date(ago(60)).toISOString(), ...ended });
}

it.each([
  ["person", "person"],
  ["agent", "agent"],
  ["found", "found"],
  [undefined, "agent"],
] as const)("what %s had asked for and a person approves is still asked for by them", async (asked, by) => {
  const lease = claim(WEB, { history: [proposed(asked)] });
  api.on("GET", paths.lease(CLAIM_NAMESPACE, lease.metadata?.name ?? ""), found(lease));
  const decision = {
    action: "approve",
    cluster_name: "prod",
    namespace: "shop",
    kind: "Deployment",
    name: "web",
  } as const;

  const request = { ...decision, plan: PLAN, origin: "person" } as const;
  const { incidents } = await findDecided(api.cluster(), request, policy(), NOW);
  expect(incidents).toMatchObject([{ origin: by, approval: { decision: "approve", origin: "person" } }]);
});
