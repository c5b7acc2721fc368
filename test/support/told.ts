import { workloadDocument } from "../../functions/notify/document.ts";
import type { Diagnosis, Incident } from "../../functions/run/contracts.ts";
import { outcomeOf } from "../../functions/run/outcome.ts";
import { claimedRun } from "./runs.ts";

/** Every sentence that people are told of a diagnosis, and the commands beside them. */
export function toldOf(diagnosis: Diagnosis, incident: Incident): { sentences: string[]; commands: string[] } {
  const { summary, evidence, undo, rejected, remedy } = diagnosis;
  const own = [summary, undo, ...evidence, ...rejected.map(({ reason }) => reason)];
  // What is told of a remedy is told once it was carried out.
  if (remedy.action !== "none") return { sentences: own, commands: [] };
  const run = claimedRun({ incident, diagnosis });
  const report = outcomeOf(run, false);
  const { found, next_steps, commands } = workloadDocument(run, report);
  return { sentences: [...own, remedy.message, report.summary, ...found, ...next_steps], commands };
}
