import { quickPolicy, withOverrides } from "../../../local/scenarios/quick-policy.ts";
import { runAtOnce } from "../crowd/executions.ts";
import { Ground } from "../ground.ts";
import type { Unprepared } from "../prepared.ts";
import { FaultProxy } from "../proxy/proxy.ts";
import { POLICY, SITUATIONS } from "../situations.ts";
import { takeSnapshot } from "../snapshot.ts";
import type { Stage } from "../stage.ts";
import { tenantViolations } from "./judge.ts";
import { removePods, type Tenant } from "./tenants.ts";

/** How scans went while a tenant was at work. */
export interface TenantPlay {
  scans: number;
  /** From the first scan to when the other namespace's workload was told of. */
  seconds: number;
  /** Messages about what the tenant has. */
  messages: number;
  violations: string[];
}

/** The scans within which another namespace's failure has to be remedied, and how long each may take, in seconds. */
export const SCANS = 2;
const PATIENCE_SECONDS = 120;

/** Scans a whole cluster while a tenant is at work, and a workload of another namespace fails. One play at a time. */
export async function playTenant({ cluster, upstream }: Stage, tenant: Tenant): Promise<TenantPlay | Unprepared> {
  const situation = SITUATIONS.find(({ name }) => name === "bad-rollout");
  if (situation === undefined) throw new Error("There is no bad rollout.");
  const victim = await Ground.create(cluster, "tenants-victim");
  const ground = await Ground.create(cluster, `tenants-${tenant.name}`);
  const proxy = await FaultProxy.start({ upstream });
  try {
    await situation.prepare(victim);
    await tenant.settle(ground);
    const before = await takeSnapshot(victim);
    const end = new AbortController();
    const busy = goOn(tenant, ground, end.signal);
    busy.catch(() => undefined);
    const began = Date.now();
    let seconds = 0;
    const runs = [];
    for (let scan = 1; scan <= SCANS; scan++) {
      const [ended] = await runAtOnce(proxy, [{ name: `scan-${scan}`, request: {} }], policy(), PATIENCE_SECONDS);
      runs.push(ended?.run);
      if (seconds === 0 && runs.some((run) => run?.notifications.some(({ report }) => report.outcome === "Recovered")))
        seconds = (Date.now() - began) / 1_000;
    }
    end.abort();
    await busy;
    const messages = runs
      .flatMap((run) => run?.notifications ?? [])
      .filter(({ report }) => report.workload?.namespace === ground.namespace).length;
    const seen = { victim: victim.namespace, tenant: ground.namespace, runs, requests: proxy.requests, before };
    const after = await takeSnapshot(victim);
    const amiss = await situation.amiss(victim);
    return { scans: SCANS, seconds, messages, violations: tenantViolations({ ...seen, after, amiss }) };
  } catch (error) {
    return { unprepared: error instanceof Error ? error.message : String(error) };
  } finally {
    await proxy.stop();
    await ground.remove();
    await removePods(ground);
    await victim.remove();
  }
}

/** The default rules of a storm and the default limits: what a tenant might trip. */
function policy() {
  const limits = { concurrent: 5, per_namespace: 3, per_hour: 30, canary: true, breaker: { failures: 3, of: 5 } };
  return quickPolicy(withOverrides(POLICY, { cool_down: { base_seconds: 300 }, limits }));
}

async function goOn(tenant: Tenant, ground: Ground, signal: AbortSignal): Promise<void> {
  while (tenant.goOn !== undefined && !signal.aborted) await tenant.goOn(ground);
}
