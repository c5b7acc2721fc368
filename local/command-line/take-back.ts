import { RemediationError } from "../../functions/shared/errors.ts";
import type { ExecutionResult } from "../engine/engine.ts";
import { executeOnMachine } from "../record/machine.ts";
import { undoRequest } from "../record/undo.ts";
import { checkReport } from "../report/check.ts";
import { print, recordsOf, type RecordOptions } from "./look-back.ts";
import { readPolicy } from "./policy-file.ts";
import { runOnCluster } from "./run-on-cluster.ts";
import { exitCode, outcomeTable } from "./summary.ts";

/** What is taken back, who does it, and how. */
export interface UndoOptions extends RecordOptions {
  workload?: string;
  machine?: string;
  kubeconfig?: string;
  context?: string;
  policy?: string;
  dryRun?: boolean;
  yes?: boolean;
  report: string;
}

/** Takes back what an execution did: by a deployed stack, or from here. */
export async function undo(execution: string, options: UndoOptions): Promise<number> {
  const { machine, kubeconfig, context, json = false, dryRun = false, yes = false, report, workload } = options;
  const isHere = kubeconfig !== undefined || context !== undefined;
  if ((machine === undefined) !== isHere) {
    throw new RemediationError("InvalidRequest", "Name one who is to do it: --machine, or --kubeconfig or --context.");
  }
  const request = undoRequest(await recordsOf(execution, options), workload);
  if (machine !== undefined) {
    const asked = { ...request, ...(dryRun ? { dry_run: true } : {}) };
    const result = await executeOnMachine(machine, asked, (arn) => process.stderr.write(`Started ${arn}\n`));
    print([json ? JSON.stringify(result) : textOf(result)]);
    return exitCode(result);
  }
  // The cluster is the one that was named; that it is the same workload, its UID tells.
  const { cluster_name: _recorded, ...input } = request;
  const policy = readPolicy(options.policy);
  checkReport(report);
  const where = { kubeconfig, context, record: options.record };
  return await runOnCluster({ ...where, input: JSON.stringify(input), policy, dryRun, yes, json, report });
}

/** How an execution of a deployed stack ended. */
function textOf(result: ExecutionResult): string {
  if (result.status === "succeeded") return outcomeTable(result.output);
  return result.status === "failed" ? `${result.error.name}: ${result.error.cause}` : result.status;
}
