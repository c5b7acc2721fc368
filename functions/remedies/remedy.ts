import type { Case } from "../facts/case.ts";
import type { Evidence, ReadOthers } from "../facts/evidence.ts";
import type { WorkloadState } from "../facts/state.ts";
import type { Tools } from "../kinds/switched.ts";
import type { Change, Diagnosis, Remedy as RemedyPlan, RequestedRemedy } from "../run/contracts.ts";
import type { Refusal } from "../run/refusals.ts";
import type { RemediationError } from "../shared/errors.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import type { ObjectRef } from "../shared/object-ref.ts";
import type { Rule } from "../shared/permissions.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { REMEDIES } from "./contracts.ts";
import type { Writer } from "./writer.ts";

/** The name of a remedy, as payloads, the policy and the history carry it. */
export type Action = Change["kind"];
/** What a remedy is to do. */
export type Plan = Exclude<RemedyPlan, { action: "none" }>;
/** What the list says of a remedy. */
type Entry = (typeof REMEDIES)[number];
/** No remedy, and why. */
export type NoRemedy = Extract<RemedyPlan, { action: "none" }>;

/** Whether what was found as it was to be may be a remedy's own work. */
export type MayBeOwn = () => Promise<boolean>;

/** How a remedy is carried out. */
export interface Occasion {
  /**
   * Whether what is found as it was to be may be the work of another call of this remedy's step, before this one or beside it; else it
   * is somebody else's. To be asked once it was found.
   */
  mayBeOwn: MayBeOwn;
  /** Whether somebody asked for exactly this. */
  requested: boolean;
  /** What this remedy has done so far, where its plan is carried out in parts. */
  before?: Change | undefined;
}

/** A remedy that was carried out, or would have been in a dry run. */
export interface Done<OwnChange> {
  change: OwnChange;
  /** What is to be said beside the change, in sentences. */
  beside?: string[];
  /** What kept it from doing the rest of its plan, of which nothing is tried any more. */
  stopped?: RemediationError;
}

/** A remedy that was not carried out, since the cluster is another by now. */
export interface Declined {
  refusal: Refusal;
  message: string;
}

/** A way back. */
export interface Undo<OwnPlan, OwnChange> {
  /** Takes back exactly the change. @throws RemediationError `ObjectChanged` when somebody has changed it since */
  back(writer: Writer, change: OwnChange): Promise<void>;
  /**
   * The plan that takes the change back when somebody asks for that later, for the workload as it is now, which is as the
   * remedy left it. Without it nobody can ask.
   */
  asPlan?(change: OwnChange, facts: Case): OwnPlan | NoRemedy;
  /** What of the change is still there; empty when it is undone. */
  remains(change: OwnChange, state: WorkloadState): string[];
}

/** What a person does after a remedy that helped. */
export interface Afterwards {
  /** Nothing, where nothing remains to be done. */
  next?: string;
  /** Whether they are given the command that takes it back: not where that would bring the failure back. */
  takesBack?: true;
}

/**
 * How a remedy acts in the place of a plain one, through the tool that keeps what the plain one would write and would put it
 * back.
 */
export interface Through<OwnPlan> {
  /** The policy's name of the tool: the remedy is none that is known where the policy does not switch that on. */
  tool: keyof Tools;
  /** What the tool is called among the owners of objects. */
  owner: string;
  /** Whether the tool keeps what the plain plan would write, though that object does not tell. */
  keeps?(plan: Plan, facts: Case): boolean;
  /**
   * What is done in the place of that plan, or why it is left to people. Undefined where too little is known of the tool for
   * either: the plain plan stands then, and is refused for its owner.
   */
  plan(plan: Plan, facts: Case): OwnPlan | NoRemedy | undefined;
  /**
   * What the tool is asked for before an earlier version is brought back, or where there is none: it has a newer one to put in place.
   */
  ahead?(facts: Case): OwnPlan | undefined;
  /** Whether the tool, where it keeps an object of its own as well that is written to, leaves alone there what is written. */
  spares?(metadata: ObjectMeta): boolean;
}

/** What people are told of a remedy. Each sentence is true as soon as it may be said. */
export interface Words<OwnPlan, OwnChange> {
  /** What it does: `roll back`. Without it, its action's name is the word. */
  verb?: string;
  /** What it did, or would do: `Scaled HPA shop/web from …` */
  did(change: OwnChange, workload: WorkloadRef, dryRun: boolean): string;
  /** What it would do, for whoever has to decide about it: `Would roll back from …` Without it, only its name is told. */
  would?(plan: OwnPlan, workload: WorkloadRef): string;
  /** The command by which a person does exactly the same; absent where no command does. */
  byHand?(plan: OwnPlan, workload: WorkloadRef): Command | undefined;
  /** What a look at the cluster shows of it after its step has ended with an error. */
  found(change: OwnChange): string;
  /** What is different on the cluster now, for the list of a notification. */
  changed(change: OwnChange, workload: WorkloadRef): string[];
  /** How it would be undone, for whoever has to decide about it. */
  wayBack(plan: OwnPlan): string;
  /** What its undo did. Only where there is an undo. */
  undone?(change: OwnChange, workload: WorkloadRef): string;
  /** Whether taking it back puts the version back that it was done against, which fails unless it was only asked for. */
  bringsBack?: true;
  /** The command by which a person takes it back. */
  undoCommand?(change: OwnChange, workload: WorkloadRef): Command | undefined;
  /** What remains to be done after it helped, or was carried out because somebody had asked for it, which has no cause. */
  afterwards(change: OwnChange, wasAsked: boolean, cause?: string): Afterwards;
}

/** A command line. */
export interface Command {
  /** Its words. */
  words: string[];
  /** A last word in single quotes. A command whose last word holds such a quote itself is not told. */
  quoted?: string;
}

/**
 * One remedy: all that the workflow knows of it. Guards, permissions, routes and words follow from what is said here; what
 * is not said here, a remedy may not do.
 */
export interface Remedy<OwnPlan extends Plan = Plan, OwnChange extends Change = Change, Asked = RequestedRemedy> {
  action: OwnPlan["action"];
  entry: Entry & { action: OwnPlan["action"] };
  /** Every object that carrying it out, or undoing it, writes to. The writer lets it write to no other. */
  writes(plan: OwnPlan, workload: WorkloadRef): ObjectRef[];
  /**
   * Objects that show what became of it, some of which come about only by it. Without it, those that it writes to are looked at.
   */
  shows?(plan: OwnPlan): ObjectRef[];
  /** Whether it writes nothing but the status of its objects, so that what others keep of them stays as they have it. */
  writesStatus?: true;
  /** Whether running pods go away by it. */
  replacesPods(plan: OwnPlan): boolean;
  /** Objects beside the workload, its pods, revisions and HPA that its plan is made from, and what may be read for that. */
  reads?: {
    others: ReadOthers;
    permissions: readonly Rule[];
    /** What they show of trouble, for the evidence of whatever is diagnosed. */
    lines?(evidence: Evidence): string[];
  };
  /** The tool that it acts through; absent for a plain remedy. */
  through?: Through<OwnPlan>;
  /** Turns what somebody asked for into a plan for the workload as it is now. */
  asked?(requested: Asked, facts: Case): OwnPlan | NoRemedy;
  /** Carries it out. Done again, it changes nothing more. */
  carryOut(writer: Writer, plan: OwnPlan, occasion: Occasion): Promise<Done<OwnChange> | Declined>;
  undo: Undo<OwnPlan, OwnChange> | "cannot be undone";
  /** The part of the plan that the cluster shows; undefined when it shows nothing of it. */
  seen(plan: OwnPlan, state: WorkloadState): OwnChange | undefined;
  /** What somebody else has put in the place of the change; undefined while it is as the remedy left it. */
  overtaken(change: OwnChange, state: WorkloadState, diagnosis: Diagnosis | undefined): string | undefined;
  /** Whether a part of the plan is left that may be done now, after what was done so far. Absent where all is done at once. */
  goesOn?(change: OwnChange, state: WorkloadState, diagnosis: Diagnosis | undefined, now: Date): boolean;
  /** What of its effect is still missing, beside the workload being well. */
  gaps?(change: OwnChange, state: WorkloadState, diagnosis: Diagnosis | undefined): string[];
  words: Words<OwnPlan, OwnChange>;
  /** What its function may do on a cluster, beside what the function of every remedy may. */
  permissions: readonly Rule[];
}
