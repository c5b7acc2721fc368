import { lambda } from "../shared/aws/lambda.ts";
import { Diagnosis, WorkloadRun } from "../run/contracts.ts";
import { contract, step } from "../shared/step.ts";
import { classify } from "./classify.ts";
import { gatherEvidence } from "../facts/evidence.ts";

/** Finds the cause of one incident and chooses the remedy, or says why there is none. */
export const diagnose = step(contract(WorkloadRun), Diagnosis, async (run, environment) => {
  const cluster = await environment.connect(run.cluster_name);
  const tried = run.first?.remedy.change?.kind;
  const past = { tried: tried === undefined ? [] : [tried], history: run.claim?.history ?? [] };
  const evidence = await gatherEvidence(cluster, run.incident, past, environment.now());
  return classify(evidence, environment.policy());
});

export const handler = lambda(diagnose);
