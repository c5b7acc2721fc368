import { setTimeout as sleep } from "node:timers/promises";
import { REMEDIES } from "../../../functions/remedies/contracts.ts";
import type { RemedyEntry } from "../../../functions/remedies/entry.ts";
import { claimSeconds } from "../../../functions/run/pauses.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../../local/embedded/index.ts";
import { makePlace } from "../../../local/scenarios/embedded-place.ts";
import { loadScenario } from "../../../local/scenarios/load.ts";
import { playScenario, type PlayedRound } from "../../../local/scenarios/play.ts";
import { quickPolicy } from "../../../local/scenarios/quick-policy.ts";
import { Calls, type Call } from "../calls.ts";
import { interruptionFor, type CrashTrial } from "../crash-trial.ts";
import { handlesClaim, isLostAfterTelling, RETRY_MILLISECONDS } from "../crash-play.ts";
import { everythingTold, outcomeOf } from "../execute.ts";
import { describeRequest, effectiveWrites, violations, type Observation, type Violation } from "../invariants.ts";
import { Upstream } from "../proxy/forward.ts";
import { FaultProxy, type ProxiedRequest } from "../proxy/proxy.ts";
import type { Snapshot } from "../snapshot.ts";
import { planOf, type Trial } from "../trial.ts";
import { mayChange, writable, writtenOf } from "./written.ts";

/** What goes wrong in one run: with a request, or with a call of a function. */
export type ToolTrial = { request: Trial } | { call: CrashTrial };

/** How one run went. */
export interface ToolRun {
  /** Whether what was to go wrong came about; a run that took another way says nothing about it. */
  reached: boolean;
  outcome: string;
  requests: ProxiedRequest[];
  calls: Call[];
  violations: Violation[];
  /** Whether an undo was begun. */
  undoing: boolean;
}

/** What a run without trouble did. */
export interface Usual {
  /** The changes that it made, and how often each. */
  writes: Readonly<Record<string, number>>;
  /** Whether an undo is among them. */
  undone: boolean;
}

/** How many times faster than real the time of the cluster passes. */
const SPEED = 10;
/** How long a run may take, in real seconds. */
const PATIENCE_SECONDS = 120;

/**
 * Plays the first round of a scenario on a cluster of its own in this process, with something that goes wrong in the run.
 * @param usual the most that it may change; undefined where nothing goes wrong
 */
export async function playTool(name: string, trial: ToolTrial, usual: Usual | undefined): Promise<ToolRun> {
  const cluster = await startEmbeddedCluster(SPEED);
  const upstream = new Upstream({ name, server: cluster.url, authenticate: () => Promise.resolve({}) });
  const proxy = await FaultProxy.start({ upstream, ...("request" in trial ? { plan: planOf(trial.request) } : {}) });
  let reached = !("call" in trial);
  const interruption =
    "call" in trial
      ? interruptionFor(trial.call, () => {
          reached = true;
        })
      : undefined;
  const { calls, call } = new Calls(interruption);
  try {
    await cluster.kubectl.run(["create", "namespace", CLAIM_NAMESPACE]);
    const namespace = "shop";
    const through = { server: proxy.connection(name).server, call, retryMilliseconds: RETRY_MILLISECONDS };
    const place = await makePlace(cluster, { namespace, through });
    const reader = new HttpCluster({ name, server: cluster.url, authenticate: () => Promise.resolve({}) });
    const around: Snapshot[] = [];
    const round = await firstRound(name, {
      ...place,
      run: async (...run) => {
        around.push(await writable(reader, namespace));
        const ended = await place.run(...run);
        around.push(await writable(reader, namespace));
        return ended;
      },
    });
    if (round === undefined)
      return { reached, outcome: "still running", requests: [], calls, violations: ENDLESS, undoing: false };
    const seen = await observed(cluster, namespace, round, proxy.requests);
    const writes = usual?.writes ?? countsOf(proxy.requests);
    const [before = {}, after = {}] = around.map((snapshot) => writtenOf(snapshot, proxy.requests));
    const broken = violations({
      ...seen,
      ...{ before, after },
      situation: { ...seen.situation, writes, mayChange: mayChange(before) },
      // What is usually undone is among what is usually written.
      undoing: seen.undoing && usual?.undone === false,
      retold: calls.some(isLostAfterTelling),
      claimSpoiled: calls.some(({ state, answered }) => handlesClaim(state) && !answered),
    });
    const { requests } = proxy;
    const met = "request" in trial ? trial.request.kind === "clean" || requests.some(({ fault }) => fault) : reached;
    return {
      reached: met,
      outcome: outcomeOf(round.run),
      requests: [...requests],
      calls,
      violations: broken,
      undoing: seen.undoing,
    };
  } finally {
    await proxy.stop();
    upstream.close();
    await cluster.stop();
  }
}

/** The states that undo a remedy. */
const UNDOING: readonly string[] = REMEDIES.flatMap((entry: RemedyEntry) =>
  entry.undo === "cannot be undone" ? [] : [entry.undo.name],
);

const ENDLESS: Violation[] = [{ invariant: "ends", detail: "it was still running when its time was over" }];

async function firstRound(name: string, place: Parameters<typeof playScenario>[1]): Promise<PlayedRound | undefined> {
  const rounds = playScenario(loadScenario(name), place);
  const first = rounds.next().then(({ value }) => value as PlayedRound);
  const played = await Promise.race([first, sleep(PATIENCE_SECONDS * 1_000, undefined, { ref: false })]);
  if (played !== undefined) await rounds.return(undefined);
  return played;
}

/** How often each change was made. */
export function countsOf(requests: readonly ProxiedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { method, path } of effectiveWrites(requests)) {
    const write = describeRequest(method, path);
    counts[write] = (counts[write] ?? 0) + 1;
  }
  return counts;
}

/** What the invariants ask for. What else is in the namespace, the scenario's own expectations of the cluster say. */
async function observed(
  cluster: EmbeddedCluster,
  namespace: string,
  { run, round, comparison }: PlayedRound,
  requests: readonly ProxiedRequest[],
): Promise<Observation> {
  const [expected] = round.expect.workloads ?? [];
  const leases = JSON.parse(await cluster.kubectl.run(["-n", CLAIM_NAMESPACE, "get", "leases", "-o", "json"])) as {
    items: Lease[];
  };
  const { actual, expected: wanted } = comparison as Record<"actual" | "expected", { cluster: unknown }>;
  const [is, due] = [JSON.stringify(actual.cluster), JSON.stringify(wanted.cluster)];
  return {
    situation: { name: "", outcome: expected?.outcome ?? "Healthy", writes: {}, mayChange: {} },
    namespace,
    result: run.result,
    workloads: run.workloads,
    outcomes: run.outcomes,
    unseen: run.detection.unseen,
    notifications: await everythingTold(run, { cluster_name: "embedded", namespace }),
    requests: [...requests],
    before: {},
    after: {},
    amiss: is === due ? undefined : `the cluster holds ${is} instead of ${due}`,
    undoing: run.states.some((state) => UNDOING.includes(state)),
    claims: leases.items,
    claimSeconds: claimSeconds(quickPolicy(round.policy)),
  };
}
