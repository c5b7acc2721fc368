import { quickPolicy, withOverrides } from "../../../local/scenarios/quick-policy.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import { executionOf, type Ended } from "../crowd/executions.ts";
import { claimsHeld } from "../crowd/episode.ts";
import { makeFail, planFailing, type Failing } from "../crowd/twenty.ts";
import { Ground } from "../ground.ts";
import { effectiveWrites, newsOf } from "../invariants.ts";
import { FaultProxy, type ProxiedRequest } from "../proxy/proxy.ts";
import { POLICY } from "../situations.ts";
import { differences, takeSnapshot, type Snapshot } from "../snapshot.ts";
import type { Stage } from "../stage.ts";

/** Long enough that nobody acts again; the workloads are many, and no storm. */
export const MANY_POLICY = quickPolicy(
  withOverrides(POLICY, { cool_down: { base_seconds: 300 }, storm: { min_workloads: 1_000, node_share: 1 } }),
);

/** How one play with many workloads went. */
export interface Played {
  what: string;
  executions: number;
  workloads: number;
  outcomes: Readonly<Record<string, number>>;
  seconds: number;
  violations: string[];
}

/** Executions that look after many workloads, by the request for all of them. */
export type Course = (proxy: FaultProxy, request: { namespace: string }) => Promise<Ended[]>;

/** Makes so many workloads fail at once, lets executions look after them, and checks what came of it. */
export async function playMany(
  { cluster, upstream }: Stage,
  { name, what, workloads }: { name: string; what: string; workloads: number },
  course: Course,
): Promise<Played> {
  const ground = await Ground.create(cluster, name);
  const proxy = await FaultProxy.start({ upstream });
  try {
    const failing = planFailing(workloads);
    await makeFail(ground, failing);
    const before = await takeSnapshot(ground);
    const began = Date.now();
    const ended = await course(proxy, { namespace: ground.namespace });
    return {
      what,
      executions: ended.length,
      workloads,
      outcomes: outcomesOf(ended),
      seconds: (Date.now() - began) / 1_000,
      violations: await manyViolations({ ground, failing, before, requests: proxy.requests, ended }),
    };
  } finally {
    await proxy.stop();
    await ground.remove();
  }
}

/** What is known when many workloads were looked after by several executions, or by one in several parts. */
interface Seen {
  ground: Ground;
  failing: readonly Failing[];
  before: Snapshot;
  requests: readonly ProxiedRequest[];
  ended: readonly Ended[];
}

/** Promises broken to any of the workloads. */
async function manyViolations({ ground, failing, before, requests, ended }: Seen): Promise<string[]> {
  const writes = effectiveWrites(requests).map((request) => ({
    execution: executionOf(request),
    workload: failing.find(({ name }) => request.path.split("/").some((part) => isOf(part, name)))?.name,
    request: `${request.method} ${request.path}`,
  }));
  const told = Map.groupBy(toldBy(ended), ({ report }) => report.workload?.name);
  const mayChange = Object.fromEntries(
    failing.flatMap(({ name, kind }) => [
      [`${kind.toLowerCase()}s/${name}`, ["spec.template", "spec.replicas"]],
      [`horizontalpodautoscalers/${name}`, ["spec.minReplicas", "spec.maxReplicas"]],
    ]),
  );
  return [
    ...ended
      .filter(({ run }) => run === undefined)
      .map(({ name }) => `${name} was still running when its time was over`),
    ...ended.flatMap(({ name, run }) =>
      run?.result.status === "failed"
        ? [`${name} failed with ${run.result.error.name}: ${run.result.error.cause}`]
        : [],
    ),
    ...writes
      .filter(({ workload }) => workload === undefined)
      .map(({ request }) => `something else changed: ${request}`),
    ...failing.flatMap(({ name }) => {
      const own = writes.filter(({ workload }) => workload === name);
      const who = [...new Set(own.map(({ execution }) => execution))];
      const messages = told.get(name) ?? [];
      const twice = own.map(({ request }) => request).filter((request, index, all) => all.indexOf(request) !== index);
      const isUndone = messages.some(({ report }) => report.outcome === "RolledBack");
      const news = new Set(messages.map(newsOf));
      const [message] = messages;
      return [
        ...(who.length > 1 ? [`${name} was changed by ${who.join(" and ")}`] : []),
        ...(twice.length > 0 && !isUndone ? [`${name}: more than once ${twice.join()}`] : []),
        ...(news.size > 1 ? [`${name}: ${news.size} outcomes were told`] : []),
        ...(own.length > 0 && message === undefined ? [`${name} was changed, and nobody was told`] : []),
        ...(own.length > 0 && message !== undefined && message.document.done.length === 0
          ? [`${name} was changed, and the message names no change`]
          : []),
      ];
    }),
    ...differences(before, await takeSnapshot(ground), mayChange).map((name) => `${name} changed beside the remedies`),
    ...(await claimsHeld(ground)),
  ];
}

/** How often each outcome was told. */
function outcomesOf(ended: readonly Ended[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { report } of toldBy(ended)) counts[report.outcome] = (counts[report.outcome] ?? 0) + 1;
  return counts;
}

/** What was told of workloads. */
function toldBy(ended: readonly Ended[]): Notification[] {
  return ended.flatMap(({ run }) => run?.notifications ?? []).filter(({ report }) => report.workload !== undefined);
}

/** Whether a part of a path is a workload's name, or that of one of its pods. */
function isOf(part: string, name: string): boolean {
  return part === name || part.startsWith(`${name}-`);
}

/** A table of what was played. */
export function manyTable(played: readonly Played[]): string {
  const rows = played.map(({ what, workloads, executions, outcomes, seconds, violations }) => {
    const told = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
    return `| ${what} | ${workloads} | ${executions} | ${told.join(", ")} | ${Math.round(seconds)} s | ${violations.length} |`;
  });
  return [
    "| what | workloads | executions | told | it took | violations |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
