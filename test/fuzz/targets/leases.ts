import fc from "../../support/properties.ts";
import { pause } from "../../../functions/run/cool-down.ts";
import { acquire, release } from "../../../functions/claim/claim.ts";
import { historyOf } from "../../../functions/run/lease.ts";
import { Claim, HistoryEntry } from "../../../functions/run/contracts.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { hostileLease } from "../../support/hostile-objects.ts";
import { deployment, NOW, WEB } from "../../support/objects.ts";
import { expectLine, expectPayload, hold, resultOf } from "../broken.ts";
import { somePolicy } from "../seeds.ts";
import { field, policyOf, type Target } from "../target.ts";
import { isRecord, WorldCluster } from "../world.ts";

export const leases: Target = {
  name: "leases",
  summary: "claims, whatever somebody made of the Lease and its annotations",
  seeds: fc.record({ lease: hostileLease, policy: somePolicy }),
  run: async (input) => {
    const seen = field(input, "lease");
    const lease = isRecord(seen)
      ? { ...seen, metadata: { ...(isRecord(seen["metadata"]) ? seen["metadata"] : {}) } }
      : {};
    const named = {
      ...lease,
      metadata: { ...(lease as Lease).metadata, name: "deployment.shop.web", namespace: "eks-remediation" },
    };
    const policy = policyOf(field(input, "policy"));
    const cluster = new WorldCluster({ objects: { leases: [named], deployments: [deployment()] } });
    const request = { workload: WEB, holder: "run-1", dryRun: false, policy, now: NOW };

    const history = historyOf(named);
    hold(history.length <= 10, () => `${history.length} entries of history`);
    for (const entry of history) hold(HistoryEntry.safeParse(entry).success, () => "an entry breaks its contract");
    const paused = pause(history, undefined, policy, NOW);
    if (paused !== undefined) expectLine(paused.message, "the reason of a pause", 2_000);

    const outcome = await resultOf(() => acquire(cluster, request));
    if ("result" in outcome) {
      hold(Claim.safeParse(outcome.result).success, () => "the claim breaks its contract");
      expectPayload(outcome.result);
    }
    const entry = { at: NOW.toISOString(), execution: "run-1", cause: "c", action: "restart", outcome: "Recovered" };
    await resultOf(() => release(cluster, request, entry));
    cluster.expectKept();
    const held = field(field(cluster.written.at(-1)?.body, "spec"), "holderIdentity");
    const isOurs = "result" in outcome && outcome.result.status === "claimed";
    hold(!isOurs || held === undefined, () => "the claim was not given back");
  },
};
