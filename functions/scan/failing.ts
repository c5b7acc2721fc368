import type { Incident } from "../run/contracts.ts";
import type { Service } from "../shared/kubernetes/types.ts";
import { outOfScope } from "../shared/scope.ts";
import { withPods, type Counted } from "./extent.ts";
import { inRollout } from "./in-rollout.ts";
import { groupIncidents, workloadKey } from "./incidents.ts";
import { metricsLack } from "./metrics-lack.ts";
import { inQuestion, namesOf } from "./named-services.ts";
import { readReadyBehind } from "./ready-behind.ts";
import { eachPlace, servicesIn } from "./services/list.ts";
import type { Scan, Sights } from "./sights.ts";
import { together, type Bonds } from "./together.ts";

/** What fails, and what of it fails because something else does. */
export interface Failing {
  /** All of it, whatever the policy says. */
  found: Incident[];
  /** The same, with its pods. */
  withTheirPods: Counted[];
  inScope: Incident[];
  /** Those in scope whose rollout is still left its time. */
  settling: Incident[];
  /** Those that whoever asks is told of. */
  told: Incident[];
  /** What could be remedied: in scope, and not settling. */
  ripe: Incident[];
  /** What waits for what. */
  bonds: Bonds;
  /** The API of the metrics, where several HPAs wait for it. */
  metrics: Incident[];
}

/** Groups what was seen into incidents, and finds which of them fail because another does. */
export async function failingAmong(sights: Sights, { findingsOnly, policy }: Scan): Promise<Failing> {
  const { view, places, moment, pods, workloads, hpas } = sights;
  const found = groupIncidents(pods.failing, [...workloads.failing, ...hpas.failing]);
  const inScope = findingsOnly ? found : found.filter(({ workload }) => !outOfScope(workload.namespace, policy));
  const labelled = [
    ...pods.failing.map(({ workload, facts }) => ({ workload, labels: facts?.labels })),
    ...hpas.failing,
  ];
  const settling = await inRollout(view, inScope, workloads, labelled, places, moment, policy);
  const ripe = inScope.filter((incident) => !settling.includes(incident));
  // A rollout that is left its time may still succeed: whoever asks is told, but it is nothing to remedy.
  const told = findingsOnly ? inScope : ripe;
  const lack = metricsLack(told, [...workloads.failing, ...hpas.failing]);
  const withTheirPods = withPods(found, pods.failing);
  const bonds = new Map([...(await explained(sights, withTheirPods, ripe)), ...lack.bonds]);
  return { found, withTheirPods, inScope, settling, told, ripe, bonds, metrics: lack.incidents };
}

/** Which of what fails does so because another workload fails, or lacks the same thing. */
async function explained(sights: Sights, withTheirPods: readonly Counted[], ripe: readonly Incident[]): Promise<Bonds> {
  const { view, pods, workloads } = sights;
  // Only of several can one fail because another does.
  const names = namesOf(withTheirPods, withTheirPods.length < 2 ? [] : await everyService(sights));
  const failingPods = new Set(pods.failing.map(({ workload, name }) => `${workload.namespace}/${name}`));
  const ready = await readReadyBehind(view, inQuestion(withTheirPods, names), failingPods);
  const keys = new Set(ripe.map(({ workload }) => workloadKey(workload)));
  return together(withTheirPods, keys, { ...workloads, names, ready });
}

/** The Services that can be seen where the scan looks. */
async function everyService({ view, places }: Sights): Promise<Service[]> {
  const lists = await view.each(eachPlace(places), (place) => servicesIn(view, place));
  return lists.flatMap((list) => list ?? []);
}
