import type { JsonPatchOperation } from "../shared/cluster/cluster.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import type { Moment } from "./failing/overdue.ts";
import type { ObjectMeta, Pod, Workload } from "../shared/kubernetes/types.ts";
import type { PodTarget, RevisionRef, WorkloadRef } from "../shared/refs.ts";
import type { Commands } from "./commands.ts";
import type { EarlierTemplate, History, RevisionHolder } from "./revisions/history.ts";
import type { Revision } from "./revisions/revision.ts";
import type { SuspectRule } from "./suspects.ts";
import type { Tools } from "./switched.ts";

/** Any object, as far as all are alike. */
export interface Named {
  metadata?: ObjectMeta;
}

/** When the present revision of a workload was made, and those that its history has. */
export interface Made {
  current: Pick<Revision, "created"> | undefined;
  revisions: readonly Pick<Revision, "name" | "created">[];
}

/** Reads one object by its path; undefined when it is gone. */
export type Reader = <T>(path: string) => Promise<T | undefined>;

/** A kind of object that a scan looks at, to find those that fail by their own status. */
export interface Scanned<Object extends Named = Named> {
  /** As the API names it: `Deployment`. */
  kind: string;
  /** `apps/v1`. */
  apiVersion: string;
  /** As it stands in paths: `deployments`. */
  plural: string;
  /** Its API may not be installed on a cluster, which is looked at without it then. */
  optional?: true;
  /** The tool that brings it: it is no kind that is known where the policy does not switch that on. */
  tool?: keyof Tools;
  /** Which printed rows deserve a full read. */
  suspects: SuspectRule;
  /** Whether its objects count where it matters how many workloads there are. */
  counts: boolean;
  /** Whether its objects may be controlled in turn, so that the workload is found further up. */
  controlled?: true;
  /** The ways in which an object fails by its own status, whatever its pods say. */
  failures(object: Object, moment: Moment): Failure[];
  /** Whether the object's failure is old news by what the workload that owns it says. */
  isOldNews?(object: Object, owner: WorkloadRef, read: Reader): Promise<boolean>;
}

/**
 * A kind of workload whose controller recreates its pods: everything that depends on the kind. What is of no such kind is
 * never written to, and a kind may be written to in the ways alone that it says.
 */
export interface Kind<
  Object extends Workload = Workload,
  Holder extends RevisionHolder = RevisionHolder,
> extends Scanned<Object> {
  /** Whether its controller has seen the newest spec; its status tells of an earlier one until then. */
  hasSeenSpec(object: Object): boolean;
  /** How many pods it is to have. */
  wanted(object: Object): number;
  /** How many of its pods are ready, by its status. */
  ready(object: Object): number;
  /** What the status, which is of the newest spec, still lacks to be whole; empty when it is. */
  gaps(object: Object): string[];
  /** How long a change of it may take to have its effect, in seconds, as its own spec has it. */
  seconds(object: Object): number;
  /**
   * Whether its controller replaces pods by itself when the template changes; otherwise a template that is put in place
   * changes nothing until somebody acts.
   */
  rollsOutByItself(object: Object): boolean;
  /** Whether somebody has paused its rollouts. */
  isPaused(object: Object): boolean;
  /** How its rollouts end; absent for a kind whose rollouts have no deadline of their own. */
  deadline?: RolloutDeadline<Object>;
  /** Whether pods are being replaced by an update that has no deadline of its own. */
  isUpdating(object: Object): boolean;
  /** When the present revision was completely rolled out; undefined when that never happened, or is not known. */
  completedAt(object: Object, current: Revision | undefined): Date | undefined;
  /** The name of the revision that was completely rolled out last; absent for a kind that keeps no pods of it back from a newer one. */
  lastComplete?(object: Object): string | undefined;
  /** Whether somebody holds its update back, for as long as they like; absent for a kind of which nobody can. */
  isHeldBack?(object: Object): boolean;
  /** Since when it has had too few available pods, without a break; absent for a kind whose status does not tell. */
  unavailableSince?(object: Object): Date | undefined;
  /** Whether what is sent to it gets to the pods of a revision; absent for a kind that sends to those of all of them. */
  isSentTo?(object: Object, revision: Pick<RevisionRef, "name">): boolean;
  /** Where its revisions are kept; absent for a kind that has none. */
  history?: History<Object, Holder>;
  /** The object with its pod template as the API server has it in the objects that it is made into; absent where it is so as it is read. */
  asStored?(object: Object): Object;
  /**
   * Why its controller would not go all the way to another revision by itself, with what to do; undefined where it would. Absent
   * for a kind where nothing but a pause and its update strategy holds a rollout.
   */
  heldBack?(object: Object, to: RevisionRef | undefined): string | undefined;
  /**
   * The command by which a person has its controller go back to a revision while the spec stays as it is, for an object whose spec
   * somebody else keeps; undefined where it would not go there.
   */
  goesBack?(object: Object, to: RevisionRef, made: Made): string[] | undefined;
  /** What puts an earlier template in place of that of the object, as it was read; absent where that is never done. */
  templatePatch?(object: Object, to: EarlierTemplate): JsonPatchOperation[];
  /** For a kind whose controller may wait for ever for pods of another revision than the one to be rolled out. */
  waiting?: Waiting<Object>;
  /**
   * Whether its controller would make a pod of an earlier revision from that revision again; absent where it makes each pod
   * from the present template.
   */
  keepsRevision?(object: Object, pod: Pod): boolean;
  /**
   * The name of the pod that has to be ready before its controller makes this one again; absent for a kind whose controller does
   * not wait for another.
   */
  madeAfter?(object: Object, pod: Pod, pods: readonly Pod[]): string | undefined;
  /** Whether its controller makes a pod anew only once the one before it is gone: under its name, or on its node. */
  onceGone?: true;
  /** Whether its pods may be members of a quorum, such as those of a database: a majority of them has to stay ready. */
  quorum?: true;
  /** Whether its controller runs one pod on each node, so that what comes in the place of one comes to the same node. */
  onePerNode?: true;
  /** Whether its replicas may be set, at the subresource `scale`. */
  hasScale?: true;
  /** How people look at it, and take a remedy back. */
  commands: Commands;
}

/** The deadline that a kind's rollouts have of their own, as their controller keeps it. `facts/patience.ts` keeps it, too. */
export interface RolloutDeadline<Object> {
  /** Whether a rollout is under way that its controller has not given up, by the status alone. */
  isRollingOut(object: Object): boolean;
  /**
   * The deadline, in seconds, while a rollout is under way that its controller has not given up: infinite where it never
   * will; undefined while none is.
   */
  ahead(object: Object, current: Revision | undefined, now: Date): number | undefined;
  /** The deadline, in seconds, whether a rollout is under way or not; absent where nothing tells it. */
  seconds?(object: Object): number;
}

/** What a controller waits for that replaces no pod while another is not ready. */
export interface Waiting<Object> {
  /** The pods, among those that the object controls, that it waits for in vain to go to that revision. */
  podsInTheWay(object: Object, pods: readonly Pod[], to: RevisionRef): PodTarget[];
  /** Whether it waits for this pod although that was made from another revision. */
  isInTheWay(pod: Pod, to: RevisionRef): boolean;
}
