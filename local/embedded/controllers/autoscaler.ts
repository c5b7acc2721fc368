import { selects } from "../label-selector.ts";
import type { Hpa, LabelSelector, Pod } from "../types.ts";
import { ApiError } from "../api-error.ts";
import { apiTime } from "../clock.ts";
import { AUTOSCALERS, DEPLOYMENTS, PODS, REPLICA_SETS, STATEFUL_SETS } from "../kinds.ts";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import { boundsOf, limit, stabilise, type Recommendation } from "./autoscaler-bounds.ts";
import { propose, type MetricStatus, type Proposal } from "./autoscaler-metrics.ts";
import { NoMetric } from "./autoscaler-unserved.ts";
import { fromKey, keyOf, type Controller } from "./controller.ts";
import { EventRecorder } from "./events.ts";
import { conditionOf, writeStatus } from "./status.ts";

/** How often an HPA looks, as on the local control plane. */
const PERIOD_SECONDS = 2;

const SCALED: readonly Resource[] = [DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS];

type HpaStatus = NonNullable<Hpa["status"]>;
type Scaled = ApiObject & { spec?: { replicas?: number; selector?: LabelSelector } };

/**
 * Scales workloads by the CPU that their pods use.
 * Source of the rules, the reasons and the messages: kubernetes pkg/controller/podautoscaler/horizontal.go
 */
export function autoscalerController(store: Store): Controller {
  const events = new EventRecorder(store, "horizontal-pod-autoscaler");
  const recommendations = new Map<string, Recommendation[]>();
  /** When each HPA is to look next: what changes meanwhile does not make it look earlier. */
  const due = new Map<string, number>();
  return {
    concernedBy: ({ resource, object }) => (resource === AUTOSCALERS ? [keyOf(object.metadata)] : []),
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const hpa = store.find<Hpa>(AUTOSCALERS, namespace, name);
      if (hpa === undefined) {
        due.delete(key);
        recommendations.delete(key);
        return undefined;
      }
      const now = store.clock.now().getTime();
      const next = due.get(key) ?? now + PERIOD_SECONDS * 1_000;
      due.set(key, next);
      if (now < next) return (next - now) / 1_000;
      due.set(key, now + PERIOD_SECONDS * 1_000);
      const earlier = recommendations.get(key) ?? [];
      recommendations.set(key, new Look(store, events, hpa, earlier).take());
      return PERIOD_SECONDS;
    },
  };
}

/** One look of an HPA at its workload. */
class Look {
  readonly #store: Store;
  readonly #events: EventRecorder;
  readonly #hpa: Hpa;
  readonly #now: Date;
  #recommendations: Recommendation[];
  #conditions: NonNullable<HpaStatus["conditions"]>;

  constructor(store: Store, events: EventRecorder, hpa: Hpa, earlier: Recommendation[]) {
    this.#store = store;
    this.#events = events;
    this.#hpa = hpa;
    this.#now = store.clock.now();
    this.#recommendations = earlier;
    this.#conditions = hpa.status?.conditions ?? [];
  }

  /** Answers with the recommendations that count later. */
  take(): Recommendation[] {
    const { kind, name } = this.#hpa.spec.scaleTargetRef;
    const resource = [...SCALED, ...this.#scalableCustom()].find((candidate) => candidate.kind === kind);
    try {
      const target = this.#store.get<Scaled>(resource ?? DEPLOYMENTS, this.#hpa.metadata?.namespace, name);
      this.#scale(resource ?? DEPLOYMENTS, target);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#events.warning(this.#hpa, "FailedGetScale", error.message);
      const message = `the HPA controller was unable to get the target's current scale: ${error.message}`;
      this.#set("AbleToScale", "False", "FailedGetScale", message);
      this.#write({ ...this.#hpa.status, desiredReplicas: this.#hpa.status?.desiredReplicas ?? 0 });
    }
    return this.#recommendations;
  }

  /** Custom resources that have their scale where workloads have it. */
  #scalableCustom(): Resource[] {
    return this.#store.resources.filter(({ custom }) => custom?.scale?.specReplicasPath === ".spec.replicas");
  }

  #scale(resource: Resource, target: Scaled): void {
    const current = target.spec?.replicas ?? 1;
    const bounds = boundsOf(this.#hpa);
    const got = "the HPA controller was able to get the target's current scale";
    this.#set("AbleToScale", "True", "SucceededGetScale", got);
    if (this.#recommendations.length === 0) this.#recommendations = [{ replicas: current, at: this.#now }];

    if (current === 0 && bounds.min !== 0) {
      const disabled = "scaling is disabled since the replica count of the target is zero";
      this.#set("ScalingActive", "False", "ScalingDisabled", disabled);
      this.#write(this.#status(current, current, undefined));
    } else if (current > bounds.max) {
      this.#rescale(resource, target, bounds.max, "Current number of replicas above Spec.MaxReplicas", undefined);
    } else if (current < bounds.min) {
      this.#rescale(resource, target, bounds.min, "Current number of replicas below Spec.MinReplicas", undefined);
    } else {
      this.#scaleByMetrics(resource, target, current);
    }
  }

  #scaleByMetrics(resource: Resource, target: Scaled, current: number): void {
    const { selector } = target.spec ?? {};
    const { namespace = "" } = this.#hpa.metadata ?? {};
    const pods = this.#store.list<Pod>(PODS, namespace, ({ metadata }) => selects(selector, metadata?.labels));
    const results = (this.#hpa.spec.metrics ?? []).map((metric) =>
      attempt(() => propose(metric, pods, current, namespace)),
    );
    // A metric that cannot be had leaves a gap among the others.
    const metrics = results.map((result) => (result instanceof NoMetric ? { type: "" } : result.status));
    const [highest] = results
      .filter((result): result is Proposal => !(result instanceof NoMetric))
      .sort((a, b) => b.replicas - a.replicas);
    const failures = results.filter((result) => result instanceof NoMetric);
    const [failed] = failures;
    for (const { reason, message } of failures) this.#events.warning(this.#hpa, reason, message);
    if (failed !== undefined && (highest === undefined || highest.replicas < current)) {
      this.#set(
        "ScalingActive",
        "False",
        failed.reason,
        `the HPA was unable to compute the replica count: ${failed.message}`,
      );
      const counted = `${failures.length} invalid out of ${results.length}`;
      const all = `invalid metrics (${counted}), first error is: ${failed.summary}: ${failed.message}`;
      this.#events.warning(this.#hpa, "FailedComputeMetricsReplicas", all);
      this.#write(this.#status(current, this.#hpa.status?.desiredReplicas ?? 0, metrics));
      return;
    }
    if (highest === undefined) return;
    const found = `the HPA was able to successfully calculate a replica count from ${highest.name}`;
    this.#set("ScalingActive", "True", "ValidMetricFound", found);
    const replicas = this.#bounded(highest.replicas, current);
    if (replicas === current) this.#write(this.#status(current, current, metrics));
    else {
      const why = highest.replicas > current ? `${highest.name} above target` : "All metrics below target";
      this.#rescale(resource, target, replicas, why, metrics);
    }
  }

  /** The replicas that are wanted, held back by recent recommendations and by the bounds. */
  #bounded(wanted: number, current: number): number {
    const { replicas: stable, kept } = stabilise(this.#recommendations, { replicas: wanted, at: this.#now });
    this.#recommendations = kept;
    if (stable === wanted) {
      this.#set("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size");
    } else {
      const held = "recent recommendations were higher than current one, applying the highest recent recommendation";
      this.#set("AbleToScale", "True", "ScaleDownStabilized", held);
    }
    const { replicas, reason, message } = limit(stable, current, boundsOf(this.#hpa));
    this.#set("ScalingLimited", replicas === stable ? "False" : "True", reason, message);
    return replicas;
  }

  #rescale(
    resource: Resource,
    target: Scaled,
    replicas: number,
    why: string,
    metrics: MetricStatus[] | undefined,
  ): void {
    const current = target.spec?.replicas ?? 1;
    this.#store.change<Scaled>(resource, target.metadata ?? {}, (newest) => {
      newest.spec = { ...newest.spec, replicas };
    });
    const scaled = `the HPA controller was able to update the target scale to ${replicas}`;
    this.#set("AbleToScale", "True", "SucceededRescale", scaled);
    this.#events.normal(this.#hpa, "SuccessfulRescale", `New size: ${replicas}; reason: ${why}`);
    this.#write({ ...this.#status(current, replicas, metrics), lastScaleTime: apiTime(this.#now) });
  }

  #status(current: number, desired: number, metrics: MetricStatus[] | undefined): HpaStatus {
    const { lastScaleTime } = this.#hpa.status ?? {};
    return {
      ...(current === 0 ? {} : { currentReplicas: current }),
      desiredReplicas: desired,
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      ...(metrics === undefined ? {} : { currentMetrics: metrics }),
    };
  }

  #write(status: HpaStatus): void {
    writeStatus(this.#store, AUTOSCALERS, this.#hpa, { ...status, conditions: this.#conditions });
  }

  /** Sets a condition in its place; a transition is only a change of its status. */
  #set(type: string, status: string, reason: string, message: string): void {
    const present = conditionOf(this.#conditions, type);
    const since = present?.status === status ? present.lastTransitionTime : undefined;
    const next = { type, status, reason, message, lastTransitionTime: since ?? apiTime(this.#now) };
    this.#conditions =
      present === undefined
        ? [...this.#conditions, next]
        : this.#conditions.map((condition) => (condition === present ? next : condition));
  }
}

function attempt(proposal: () => Proposal): Proposal | NoMetric {
  try {
    return proposal();
  } catch (error) {
    if (error instanceof NoMetric) return error;
    throw error;
  }
}
