import { isDeepStrictEqual } from "node:util";
import type { Deployment, Pod, ReplicaSet } from "../../../functions/shared/kubernetes/types.ts";
import { ApiError } from "../api-error.ts";
import { DEPLOYMENTS, PODS, REPLICA_SETS } from "../kinds.ts";
import type { Change, Store } from "../store.ts";
import { controlledBy, fromKey, isBeingDeleted, ownKeys, type Controller } from "./controller.ts";
import {
  annotationsOf,
  beyondHistory,
  newReplicaSet,
  nextRevision,
  REVISION,
  splitByTemplate,
} from "./deployment-revisions.ts";
import {
  countedStatus,
  isComplete,
  pauseNoticed,
  progressCheckIn,
  rolloutStatus,
  withProgress,
} from "./deployment-status.ts";
import {
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  maxSurge,
  recreates,
  shrinkOld,
  sizeOf,
  sizeOfNew,
  sizesAfterScaling,
  wantedReplicas,
  type Resize,
} from "./deployment-strategy.ts";
import { EventRecorder } from "./events.ts";
import { hasEnded } from "./pods.ts";
import { writeStatus } from "./status.ts";

/**
 * Rolls Deployments out, by the sizes of their ReplicaSets.
 * Source of the rules: kubernetes pkg/controller/deployment
 */
export function deploymentController(store: Store): Controller {
  const events = new EventRecorder(store, "deployment-controller");
  return {
    concernedBy: (change) => [...ownKeys(change, DEPLOYMENTS), ...recreated(store, change)],
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const deployment = store.find<Deployment>(DEPLOYMENTS, namespace, name);
      return deployment === undefined ? undefined : new Rollout(store, events, deployment).step();
    },
  };
}

/** A Deployment that recreates its pods waits for the last one to go. */
function recreated(store: Store, { type, resource, object }: Change): string[] {
  const owner = object.metadata?.ownerReferences?.find(({ kind }) => kind === "ReplicaSet");
  if (type !== "DELETED" || resource !== PODS || owner === undefined) return [];
  const replicaSet = store.find(REPLICA_SETS, object.metadata?.namespace, owner.name);
  return replicaSet === undefined ? [] : ownKeys({ type, resource: REPLICA_SETS, object: replicaSet }, DEPLOYMENTS);
}

/** One look at a Deployment. */
class Rollout {
  readonly #store: Store;
  readonly #events: EventRecorder;
  #deployment: Deployment;
  #fresh: ReplicaSet | undefined;
  #old: ReplicaSet[] = [];

  constructor(store: Store, events: EventRecorder, deployment: Deployment) {
    this.#store = store;
    this.#events = events;
    this.#deployment = deployment;
    this.#look();
  }

  /** Takes the next step; answers after how many seconds the progress has to be looked at. */
  step(): number | undefined {
    if (isBeingDeleted(this.#deployment)) {
      this.#writeCounts();
      return undefined;
    }
    const noticed = pauseNoticed(this.#deployment, this.#now);
    if (noticed !== undefined) this.#change({ conditions: noticed });
    if (this.#fresh !== undefined) this.#markFresh(this.#fresh);
    if (this.#deployment.spec?.paused === true || this.#isScaled()) {
      this.#scale();
      return undefined;
    }
    return recreates(this.#deployment) ? this.#recreate() : this.#roll();
  }

  get #now(): Date {
    return this.#store.clock.now();
  }

  #look(): void {
    const replicaSets = controlledBy<ReplicaSet>(this.#store, REPLICA_SETS, this.#deployment);
    ({ fresh: this.#fresh, old: this.#old } = splitByTemplate(this.#deployment, replicaSets));
  }

  /** Whether somebody has changed the number of replicas since the ReplicaSets were last resized. */
  #isScaled(): boolean {
    return [...this.#old, this.#fresh].some((replicaSet) => {
      if (replicaSet === undefined || sizeOf(replicaSet) === 0) return false;
      const desired = replicaSet.metadata?.annotations?.[DESIRED_REPLICAS];
      return desired !== undefined && Number(desired) !== wantedReplicas(this.#deployment);
    });
  }

  #scale(): void {
    sizesAfterScaling(this.#deployment, this.#fresh, this.#old).forEach((resize) => {
      this.#resize(resize);
    });
    if (this.#deployment.spec?.paused === true) this.#cleanUp();
    this.#writeCounts();
  }

  #roll(): number | undefined {
    const fresh = this.#fresh ?? this.#create();
    const replicas = sizeOfNew(this.#deployment, [...this.#old, fresh], sizeOf(fresh));
    if (!this.#resize({ replicaSet: fresh, replicas })) {
      const active = this.#old.filter((replicaSet) => sizeOf(replicaSet) > 0);
      const smaller = shrinkOld(this.#deployment, fresh, active);
      smaller.forEach((resize) => {
        this.#resize(resize);
      });
      if (smaller.length === 0 && isComplete(this.#deployment, this.#deployment.status ?? {})) this.#cleanUp();
    }
    return this.#writeProgress();
  }

  #recreate(): number | undefined {
    const active = this.#old.filter((replicaSet) => sizeOf(replicaSet) > 0);
    active.forEach((replicaSet) => {
      this.#resize({ replicaSet, replicas: 0 });
    });
    if (active.length > 0 || this.#oldPodsRun()) return this.#writeProgress();
    const fresh = this.#fresh ?? this.#create();
    this.#resize({ replicaSet: fresh, replicas: wantedReplicas(this.#deployment) });
    if (isComplete(this.#deployment, this.#deployment.status ?? {})) this.#cleanUp();
    return this.#writeProgress();
  }

  #oldPodsRun(): boolean {
    return this.#old.some((replicaSet) =>
      controlledBy<Pod>(this.#store, PODS, replicaSet).some((pod) => !hasEnded(pod)),
    );
  }

  /** Gives the ReplicaSet of the present template its revision, and the Deployment, too. */
  #markFresh(fresh: ReplicaSet): void {
    const present = fresh.metadata?.annotations ?? {};
    const annotations = annotationsOf(this.#deployment, present, nextRevision(this.#old));
    const minReadySeconds = this.#deployment.spec?.minReadySeconds ?? 0;
    if (!isDeepStrictEqual(annotations, present) || (fresh.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
      this.#store.change<ReplicaSet>(REPLICA_SETS, fresh.metadata ?? {}, ({ metadata = {}, spec }) => {
        metadata.annotations = annotations;
        if (spec !== undefined) spec.minReadySeconds = minReadySeconds;
      });
    }
    this.#setRevision(annotations[REVISION]);
    if (this.#deployment.status?.conditions?.some(({ type }) => type === "Progressing") !== true) {
      const message = `Found new replica set "${fresh.metadata?.name ?? ""}"`;
      this.#change({ conditions: withProgress(this.#deployment, "True", "FoundNewReplicaSet", message, this.#now) });
    }
    this.#look();
  }

  /**
   * Makes the ReplicaSet of the present template.
   * @throws ApiError when it is refused
   */
  #create(): ReplicaSet {
    const annotations = {
      ...annotationsOf(this.#deployment, {}, nextRevision(this.#old)),
      ...this.#sizeAnnotations(),
    };
    const wanted = newReplicaSet(this.#deployment, annotations);
    const replicas = sizeOfNew(this.#deployment, [...this.#old, wanted], 0);
    const name = wanted.metadata?.name ?? "";
    try {
      this.#fresh = this.#store.create<ReplicaSet>(REPLICA_SETS, {
        ...wanted,
        spec: { ...wanted.spec, replicas } as ReplicaSet["spec"] & object,
      });
    } catch (error) {
      if (error instanceof ApiError) this.#refused(name, error);
      throw error;
    }
    if (replicas > 0) this.#sayScaled(name, 0, replicas);
    this.#setRevision(annotations[REVISION]);
    const message = `Created new replica set "${name}"`;
    this.#change({ conditions: withProgress(this.#deployment, "True", "NewReplicaSetCreated", message, this.#now) });
    return this.#fresh;
  }

  #refused(name: string, error: ApiError): void {
    if (error.reason === "AlreadyExists") {
      // Two templates have one hash, or an object of that name is still on its way out: another name is needed.
      this.#change({ collisionCount: (this.#deployment.status?.collisionCount ?? 0) + 1 });
      return;
    }
    const message = `Failed to create new replica set "${name}": ${error.message}`;
    this.#events.warning(this.#deployment, "ReplicaSetCreateError", message);
    this.#change({ conditions: withProgress(this.#deployment, "False", "ReplicaSetCreateError", message, this.#now) });
  }

  /** Whether the ReplicaSet had another size before. */
  #resize({ replicaSet, replicas }: Resize): boolean {
    const before = sizeOf(replicaSet);
    const annotations = { ...replicaSet.metadata?.annotations, ...this.#sizeAnnotations() };
    if (before === replicas && isDeepStrictEqual(annotations, replicaSet.metadata?.annotations)) return false;
    this.#store.change<ReplicaSet>(REPLICA_SETS, replicaSet.metadata ?? {}, ({ metadata = {}, spec }) => {
      metadata.annotations = { ...metadata.annotations, ...this.#sizeAnnotations() };
      if (spec !== undefined) spec.replicas = replicas;
    });
    if (before === replicas) return false;
    this.#sayScaled(replicaSet.metadata?.name ?? "", before, replicas);
    this.#look();
    return true;
  }

  #sizeAnnotations(): Record<string, string> {
    const wanted = wantedReplicas(this.#deployment);
    return { [DESIRED_REPLICAS]: String(wanted), [MAX_REPLICAS]: String(wanted + maxSurge(this.#deployment)) };
  }

  #sayScaled(name: string, from: number, to: number): void {
    const message = `Scaled ${from < to ? "up" : "down"} replica set ${name} from ${from} to ${to}`;
    this.#events.normal(this.#deployment, "ScalingReplicaSet", message);
  }

  #setRevision(revision: string | undefined): void {
    if (revision === undefined || this.#deployment.metadata?.annotations?.[REVISION] === revision) return;
    const changed = this.#store.change<Deployment>(
      DEPLOYMENTS,
      this.#deployment.metadata ?? {},
      ({ metadata = {} }) => {
        metadata.annotations = { ...metadata.annotations, [REVISION]: revision };
      },
    );
    this.#deployment = changed ?? this.#deployment;
  }

  #cleanUp(): void {
    for (const { metadata } of beyondHistory(this.#deployment, this.#old)) {
      this.#store.delete(REPLICA_SETS, metadata?.namespace, metadata?.name ?? "");
    }
  }

  #change(status: Partial<Deployment["status"] & object>): void {
    writeStatus(this.#store, DEPLOYMENTS, this.#deployment, { ...this.#deployment.status, ...status });
    const { namespace, name } = this.#deployment.metadata ?? {};
    this.#deployment = this.#store.get(DEPLOYMENTS, namespace, name ?? "");
  }

  #writeCounts(): void {
    const status = countedStatus(this.#deployment, this.#fresh, this.#old, this.#now);
    writeStatus(this.#store, DEPLOYMENTS, this.#deployment, status);
  }

  #writeProgress(): number | undefined {
    const status = rolloutStatus(this.#deployment, this.#fresh, this.#old, this.#now);
    writeStatus(this.#store, DEPLOYMENTS, this.#deployment, status);
    return progressCheckIn(this.#deployment, status, this.#now);
  }
}
