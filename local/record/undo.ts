import { subjectOf, type OutcomeRecord } from "../../functions/notify/record/record.ts";
import type { UndoRequest } from "../../functions/run/request.ts";
import { RemediationError } from "../../functions/shared/errors.ts";
import { CommandLineError } from "../command-line/command-line-error.ts";

/** An execution did nothing that can be asked to be taken back. */
export class NothingToUndo extends CommandLineError {
  override readonly name = "NothingToUndo";
}

/**
 * The request that takes back what an execution did, as its record has it, on behalf of a person.
 * @param subject the workload, where the execution had several
 * @throws NothingToUndo
 * @throws RemediationError `InvalidRequest` where it has to be said of which workload
 */
export function undoRequest(records: readonly OutcomeRecord[], subject?: string): UndoRequest & { origin: "person" } {
  const [first] = records;
  const about = records.filter((record) => subject === undefined || subjectOf(record) === subject);
  const undoable = about.filter((record) => lastChange(record) !== undefined);
  const [record, ...more] = undoable;
  if (more.length > 0) {
    throw new RemediationError(
      "InvalidRequest",
      `It has changed several workloads. Say with --workload which: ${undoable.map(subjectOf).join(", ")}.`,
    );
  }
  const recorded = record === undefined ? undefined : lastChange(record);
  if (record?.workload === undefined || recorded === undefined) {
    const of = subject === undefined ? "" : ` to ${subject}`;
    throw new NothingToUndo(
      `${first?.execution.name ?? ""} did nothing${of} that can be undone, or has undone it itself.`,
    );
  }
  const { kind, namespace, name } = record.workload;
  return {
    action: "undo",
    cluster_name: record.cluster_name,
    origin: "person",
    namespace,
    kind,
    name,
    execution: record.execution.name,
    change: recorded.change,
    ...(recorded.workload_uid === undefined ? {} : { uid: recorded.workload_uid }),
  };
}

/** The last change that may be in place, and can be taken back: what was tried before it cannot. */
function lastChange({ changes }: OutcomeRecord): OutcomeRecord["changes"][number] | undefined {
  return changes.findLast(({ state, undo }) => state !== "undone" && undo === "can be undone");
}
