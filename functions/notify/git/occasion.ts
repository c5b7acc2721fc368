import { createHash } from "node:crypto";
import { isRollback } from "../../remedies/contracts.ts";
import type { Refusal } from "../../run/refusals.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import { isCall, isOver } from "../calls.ts";
import type { NotificationDocument } from "../notification.ts";
import { subjectOf } from "../record/record.ts";
import type { GitRepository } from "./settings.ts";

/** What an outcome is to a repository. */
export interface Occasion {
  /** `needed`: somebody is. `behind`: the cluster went back to an earlier version. `over`: nothing fails any more. */
  is: "needed" | "behind" | "over";
  workload: WorkloadRef;
  /** The cluster and the workload: what there is one thread for. */
  subject: string;
  /** The same for what is told twice, and for nothing else. */
  id: string;
  /** The same while what is told is the same. */
  state: string;
}

/** What waits for an answer is answered elsewhere, and is another thing by the time that somebody reads an issue. */
const WAITING: readonly string[] = ["ApprovalNeeded"] satisfies Refusal[];

/**
 * What an outcome is to a repository; undefined where it is nothing to it: a dry run, what is not of a workload in one of its
 * namespaces, what is fixed by itself, waits, or was only asked for.
 */
export function occasionOf(document: NotificationDocument, repository: GitRepository): Occasion | undefined {
  const { workload, dry_run: dryRun, cluster_name: cluster, reason = "", outcome, execution } = document;
  if (workload === undefined || dryRun || WAITING.includes(reason)) return undefined;
  if (!(repository.namespaces ?? [workload.namespace]).includes(workload.namespace)) return undefined;
  if (!(repository.clusters ?? [cluster]).includes(cluster)) return undefined;
  const is = whatItIs(document);
  if (is === undefined) return undefined;
  const subject = `${cluster}/${subjectOf({ workload })}`;
  const told = [outcome, document.cause, reason, document.action];
  return {
    is,
    workload,
    subject,
    id: digestOf([subject, execution.id, is, ...told]),
    state: digestOf([is, ...told, ...versionIn(document)]),
  };
}

function whatItIs(document: NotificationDocument): Occasion["is"] | undefined {
  if (document.outcome === "Recovered" && isRollback(document.action)) return "behind";
  if (isOver(document)) return "over";
  return isCall(document) ? "needed" : undefined;
}

/** Whether somebody wanted it, whatever there was to be found. */
export function isAsked({ asked_by: by }: NotificationDocument): boolean {
  return by !== undefined && by !== "found";
}

/** The version that failed: another one that fails alike is told anew. */
function versionIn({ change }: NotificationDocument): string[] {
  return change !== undefined && "before" in change && "template" in change.before ? [change.before.template] : [];
}

function digestOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
