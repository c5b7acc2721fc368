import { Writer, type WriterOptions } from "../../functions/remedies/writer.ts";
import type { Plan } from "../../functions/remedies/remedy.ts";
import { remedyFor } from "../../functions/remedies/remedies.ts";
import { writtenFields } from "../../functions/remedies/written-fields.ts";
import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import type { ObjectRef } from "../../functions/shared/object-ref.ts";
import type { WorkloadRef } from "../../functions/shared/refs.ts";

/** What its claim has to say. */
const NOTHING = () => Promise.resolve();

/** A writer for what a plan writes to, by an execution whose claim is beyond doubt. */
export function writerFor(
  cluster: Cluster,
  workload: WorkloadRef,
  plan: Plan,
  dryRun = false,
  helm?: WriterOptions["helm"],
): Writer {
  const targets = remedyFor(plan.action).writes(plan, workload);
  const fields = (ref: ObjectRef) => writtenFields(plan, workload, ref);
  const owner = remedyFor(plan.action).through?.owner;
  return new Writer({ cluster, workload, dryRun, targets, fields, owner, begin: NOTHING, goOn: NOTHING, helm });
}
