import type { Findings, Part, PartOptions } from "./part.ts";
import type { Unprepared } from "./prepared.ts";
import type { Stage } from "./stage.ts";
import { playTenant, SCANS, type TenantPlay } from "./tenants/play.ts";
import { TENANTS, type Tenant } from "./tenants/tenants.ts";
import { spread } from "./trial.ts";

/** A tenant who does harm in one namespace. */
export const TENANTS_PART: Part = {
  name: "tenants",
  summary: "a hostile tenant of one namespace, while a workload of another one fails",
  title: "Hostile tenants",
  about: `Somebody who may create whatever they like in one namespace does so, and a rollout in another namespace fails. The
whole cluster is scanned ${SCANS} times, with the default rules of a storm and the default limits. The rollout has to be rolled
back within these scans, once, and told of as Recovered; nothing but that and what is the tenant's own is written; there is no storm; no
payload is larger than Step Functions takes; every message can be read.

| tenant | what they have |
| --- | --- |
${TENANTS.map(({ name, summary }) => `| \`${name}\` | ${summary} |`).join("\n")}`,
  run,
};

interface Done {
  tenant: Tenant;
  played: TenantPlay | Unprepared;
}

async function run(stage: Stage, { limit, tell }: PartOptions): Promise<Findings> {
  const done: Done[] = [];
  for (const tenant of spread(TENANTS, limit ?? TENANTS.length)) {
    const played = await playTenant(stage, tenant);
    done.push({ tenant, played });
    tell(
      `${tenant.name}: ${"unprepared" in played ? `NOT PREPARED ${played.unprepared}` : `${played.seconds.toFixed(1)} s`}`,
    );
    for (const line of broken({ tenant, played })) tell(`VIOLATION ${line}`);
  }
  const prepared = done.flatMap(({ tenant, played }) => ("unprepared" in played ? [] : [{ tenant, played }]));
  const rows = prepared.map(
    ({ tenant, played: { seconds, messages, violations } }) =>
      `| \`${tenant.name}\` | ${seconds.toFixed(1)} s | ${messages} | ${violations.length} |`,
  );
  return {
    executions: prepared.reduce((sum, { played }) => sum + played.scans, 0),
    unprepared: done.length - prepared.length,
    violations: done.flatMap(broken),
    figures: `| tenant | the other namespace's workload recovered after | messages about the tenant's own | violations |\n| --- | --- | --- | --- |\n${rows.join("\n")}`,
    document: { done: prepared.map(({ tenant: { name }, played }) => ({ tenant: name, ...played })) },
  };
}

function broken({ tenant, played }: Done): string[] {
  return "unprepared" in played ? [] : played.violations.map((line) => `${tenant.name}: ${line}`);
}
