import * as z from "zod";
import { gatherEvidence } from "../facts/evidence.ts";
import { ALL_REMEDIES } from "../remedies/remedies.ts";
import { Diagnosis, WorkloadRun } from "../run/contracts.ts";
import { contract, step } from "../run/step.ts";
import { anotherTry } from "../run/tries.ts";
import { lambda } from "../lambda/lambda.ts";
import { classify } from "./classify.ts";

/** A run to be diagnosed; or one whose remedy did not help and cannot be undone, to be diagnosed again. */
const ClassifyInput = z.union([WorkloadRun, z.strictObject({ operation: z.literal("again"), run: WorkloadRun })]);

/**
 * Finds the cause of one incident and chooses the remedy, or says why there is none. Asked again, it answers with the whole
 * run, in which the remedy that did not help has become one of the tries.
 */
export const diagnose = step(
  contract(ClassifyInput),
  z.union([Diagnosis, WorkloadRun]),
  async (input, environment): Promise<Diagnosis | WorkloadRun> => {
    const again = "operation" in input;
    const run = again ? anotherTry(input.run) : input;
    const cluster = await environment.connect(run.cluster_name);
    const tried = (run.tries ?? []).flatMap(({ remedy }) => remedy.change?.kind ?? []);
    const past = { tried, history: run.claim?.history ?? [] };
    const readOthers = ALL_REMEDIES.flatMap(({ reads }) => reads?.others ?? []);
    const policy = environment.policy();
    const evidence = await gatherEvidence(cluster, run.incident, past, {
      now: environment.now(),
      readOthers,
      logLines: policy.evidence.log_lines,
      configChanges: policy.evidence.config_changes,
    });
    const diagnosis = classify(evidence, policy);
    return again ? { ...run, diagnosis } : diagnosis;
  },
);

export const handler = lambda(diagnose);
