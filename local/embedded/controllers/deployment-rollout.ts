import { isDeepStrictEqual } from "node:util";
import type { Deployment, Pod, ReplicaSet } from "../types.ts";
import { ApiError } from "../api-error.ts";
import { DEPLOYMENTS, PODS, REPLICA_SETS } from "../kinds.ts";
import type { Store } from "../store.ts";
import { controlledBy } from "./controller.ts";
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
  progressCheckIn,
  rolloutStatus,
  withProgress,
  type DeploymentStatus,
} from "./deployment-status.ts";
import {
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  maxSurge,
  sizeOf,
  sizeOfNew,
  wantedReplicas,
  type Resize,
} from "./deployment-strategy.ts";
import type { EventRecorder } from "./events.ts";
import { hasEnded } from "./pods.ts";
import { writeStatus } from "./status.ts";

/** A Deployment with its ReplicaSets, and what its controller does to them. */
export class Rollout {
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

  get deployment(): Deployment {
    return this.#deployment;
  }

  /** The ReplicaSet of the present template, if there is one. */
  get fresh(): ReplicaSet | undefined {
    return this.#fresh;
  }

  /** The others, oldest first. */
  get old(): readonly ReplicaSet[] {
    return this.#old;
  }

  get #now(): Date {
    return this.#store.clock.now();
  }

  #look(): void {
    const replicaSets = controlledBy<ReplicaSet>(this.#store, REPLICA_SETS, this.#deployment);
    ({ fresh: this.#fresh, old: this.#old } = splitByTemplate(this.#deployment, replicaSets));
  }

  /** Whether somebody has changed the number of replicas since the ReplicaSets were last resized. */
  isScaled(): boolean {
    return [...this.#old, this.#fresh].some((replicaSet) => {
      if (replicaSet === undefined || sizeOf(replicaSet) === 0) return false;
      const desired = replicaSet.metadata?.annotations?.[DESIRED_REPLICAS];
      return desired !== undefined && Number(desired) !== wantedReplicas(this.#deployment);
    });
  }

  oldPodsRun(): boolean {
    return this.#old.some((replicaSet) =>
      controlledBy<Pod>(this.#store, PODS, replicaSet).some((pod) => !hasEnded(pod)),
    );
  }

  /** Gives the ReplicaSet of the present template its revision, and the Deployment, too. */
  markFresh(): void {
    const fresh = this.#fresh;
    if (fresh === undefined) return;
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
      this.change({ conditions: withProgress(this.#deployment, "True", "FoundNewReplicaSet", message, this.#now) });
    }
    this.#look();
  }

  /**
   * Makes the ReplicaSet of the present template.
   * @throws ApiError when it is refused
   */
  createFresh(): ReplicaSet {
    const annotations = {
      ...annotationsOf(this.#deployment, {}, nextRevision(this.#old)),
      ...this.#sizeAnnotations(),
    };
    const wanted = newReplicaSet(this.#deployment, annotations);
    const replicas = sizeOfNew(this.#deployment, [...this.#old, wanted], 0);
    const name = wanted.metadata?.name ?? "";
    if (wanted.spec !== undefined) wanted.spec.replicas = replicas;
    try {
      this.#fresh = this.#store.create<ReplicaSet>(REPLICA_SETS, wanted);
    } catch (error) {
      if (error instanceof ApiError) this.#refused(name, error);
      throw error;
    }
    if (replicas > 0) this.#sayScaled(name, 0, replicas);
    this.#setRevision(annotations[REVISION]);
    const message = `Created new replica set "${name}"`;
    this.change({ conditions: withProgress(this.#deployment, "True", "NewReplicaSetCreated", message, this.#now) });
    return this.#fresh;
  }

  #refused(name: string, error: ApiError): void {
    if (error.reason === "AlreadyExists") {
      // Two templates have one hash, or an object of that name is still on its way out: another name is needed.
      this.change({ collisionCount: (this.#deployment.status?.collisionCount ?? 0) + 1 });
      return;
    }
    const message = `Failed to create new replica set "${name}": ${error.message}`;
    this.#events.warning(this.#deployment, "ReplicaSetCreateError", message);
    this.change({ conditions: withProgress(this.#deployment, "False", "ReplicaSetCreateError", message, this.#now) });
  }

  /** Whether the ReplicaSet had another size before. */
  resize({ replicaSet, replicas }: Resize): boolean {
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
      // With the status, where annotations do not count as a new generation.
      { status: true },
    );
    this.#deployment = changed ?? this.#deployment;
  }

  /** Deletes old ReplicaSets beyond the history that is kept. */
  cleanUp(): void {
    for (const { metadata } of beyondHistory(this.#deployment, this.#old)) {
      this.#store.delete(REPLICA_SETS, metadata?.namespace, metadata?.name ?? "");
    }
  }

  isComplete(): boolean {
    return isComplete(this.#deployment, this.#deployment.status ?? {});
  }

  /** Writes some fields of the Deployment's status. */
  change(status: DeploymentStatus): void {
    writeStatus(this.#store, DEPLOYMENTS, this.#deployment, { ...this.#deployment.status, ...status });
    const { namespace, name } = this.#deployment.metadata ?? {};
    this.#deployment = this.#store.get(DEPLOYMENTS, namespace, name ?? "");
  }

  /** Writes the status without a judgement of the progress. */
  writeCounts(): void {
    const status = countedStatus(this.#deployment, this.#fresh, this.#old, this.#now);
    writeStatus(this.#store, DEPLOYMENTS, this.#deployment, status);
  }

  /** Writes the status; answers after how many seconds the progress has to be looked at again. */
  writeProgress(): number | undefined {
    const status = rolloutStatus(this.#deployment, this.#fresh, this.#old, this.#now);
    writeStatus(this.#store, DEPLOYMENTS, this.#deployment, status);
    return progressCheckIn(this.#deployment, status, this.#now);
  }
}
