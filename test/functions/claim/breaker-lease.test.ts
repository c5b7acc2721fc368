import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepBreakerLease } from "../../../functions/claim/breaker-lease.ts";
import { acquire } from "../../../functions/claim/claim.ts";
import { clearAway } from "../../../functions/claim/clear-away.ts";
import { claim } from "../../../functions/claim/handler.ts";
import { BREAKER_LEASE } from "../../../functions/run/breaker.ts";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { leaseName } from "../../../functions/run/lease.ts";
import type { Refusal } from "../../../functions/run/refusals.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { admittingClusterForEach, environmentAt } from "../../support/admitting-cluster.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import { interruptedCluster } from "../../support/interrupted-cluster.ts";
import { policy, WEB } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const LEASES = paths.leases(CLAIM_NAMESPACE);
const at = admittingClusterForEach();

/** Ends a run whose remedy was held back for that reason. */
async function end(refusal: Refusal): Promise<void> {
  const held = await acquire(at.cluster, {
    workload: WEB,
    holder: "run-1",
    dryRun: false,
    policy: policy(),
    now: at.clock.now(),
  });
  const { change: _none, ...rest } = remedyResult({ status: "refused", refusal, message: "It was held back." });
  const run: WorkloadRun = claimedRun({ claim: held, diagnosis: diagnosis(), remedy: rest });
  const environment = environmentAt(at, policy());
  await claim(environment)({ operation: "release", redrive: 0, run });
}

const names = async () =>
  (await at.cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE))).map(({ metadata }) => metadata?.name);

it("the Lease that closes a breaker is there once one has held something back, and outlives every claim", async () => {
  await end("CanaryFirst");
  expect(await names()).toEqual([leaseName(WEB)]);

  await end("BreakerOpen");
  await end("BreakerOpen");
  expect(await names()).toEqual([BREAKER_LEASE, leaseName(WEB)]);

  await clearAway(at.cluster, policy(), new Date(at.clock.now().getTime() + 90 * 86_400_000));
  expect(await names()).toEqual([BREAKER_LEASE]);
});

describe("the Lease that closes a breaker", () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await ApiServer.start();
  });
  afterEach(() => api.stop());

  it("is not written again where it is there", async () => {
    api.on("GET", paths.lease(CLAIM_NAMESPACE, BREAKER_LEASE), found({}));
    await keepBreakerLease(api.cluster());

    expect(api.writes).toEqual([]);
  });

  it.each([
    ["may not be made", refusal(403, "forbidden")],
    ["was made by another execution just now", refusal(409, "already exists")],
  ])("keeps no claim from being given back where it %s", async (_why, answer) => {
    api.on("POST", LEASES, answer);

    await expect(keepBreakerLease(api.cluster())).resolves.toBeUndefined();
    expect(api.writes.map(({ method, path }) => `${method} ${path}`)).toEqual([`POST ${LEASES}`]);
  });

  it("does not keep a fault of the program's own to itself", async () => {
    const cluster = interruptedCluster(api.url, () => Promise.reject(new TypeError("A fault.")));

    await expect(keepBreakerLease(cluster)).rejects.toThrow(new TypeError("A fault."));
  });
});
