import * as z from "zod";
import { openCase } from "../facts/case.ts";
import { gatherEvidence, type ReadAbout } from "../facts/evidence.ts";
import { readHelmRelease } from "../facts/helm-release.ts";
import { withReleaseObjects } from "../facts/release-objects.ts";
import { metadataOnce } from "../facts/metadata-once.ts";
import { withNeededBefore } from "../facts/needed-before.ts";
import { isSwitchedOn } from "../kinds/switched.ts";
import { ALL_REMEDIES, isKnown } from "../remedies/remedies.ts";
import { Diagnosis, WorkloadRun } from "../run/contracts.ts";
import { policyFor } from "../run/policy-for.ts";
import { assertNotRedriven } from "../run/redrive.ts";
import { Redrive } from "../run/resumption.ts";
import { contract, step } from "../run/step.ts";
import { anotherTry } from "../run/tries.ts";
import { RemediationError } from "../shared/errors.ts";
import { lambda } from "../lambda/lambda.ts";
import { diagnosisOf } from "./classify.ts";

/** A run to be diagnosed, as such or as the state machine hands it on; or one whose remedy did not help and cannot be undone, to be diagnosed again. */
const ClassifyInput = z.union([
  WorkloadRun,
  z.strictObject({ operation: z.enum(["first", "again"]), redrive: Redrive, run: WorkloadRun }),
]);

const FIRST = { operation: "first", redrive: 0 } as const;

/**
 * Finds the cause of one incident and chooses the remedy, or says why there is none. Asked again, it answers with the whole
 * run, in which the remedy that did not help has become one of the tries.
 * @throws RemediationError of what was not there when it was looked for: the error that says so
 */
export const diagnose = step(
  contract(ClassifyInput),
  z.union([Diagnosis, WorkloadRun]),
  async (input, environment): Promise<Diagnosis | WorkloadRun> => {
    const { operation, redrive, run: given } = "operation" in input ? input : { ...FIRST, run: input };
    assertNotRedriven(given, redrive);
    const { missing } = given.incident;
    if (missing !== undefined) throw new RemediationError(missing.error, missing.message);
    const again = operation === "again";
    const run = again ? anotherTry(given) : given;
    const cluster = metadataOnce(await environment.connect(run.cluster_name));
    const tried = (run.tries ?? []).flatMap(({ remedy }) => remedy.change?.kind ?? []);
    const past = { tried, history: run.claim?.history ?? [] };
    const policy = await policyFor(environment, run.cluster_name);
    const readOthers = ALL_REMEDIES.filter(isKnown)
      .flatMap(({ reads }) => reads?.others ?? [])
      .map(
        (read) =>
          (...about: ReadAbout) =>
            read(...about, policy),
      );
    const evidence = await gatherEvidence(cluster, run.incident, past, {
      now: environment.now(),
      deadlines: policy.detect,
      dryRun: run.dry_run,
      readOthers,
      logLines: policy.evidence.log_lines,
      configChanges: policy.evidence.config_changes,
      ...(isSwitchedOn("helm") ? { readHelm: readHelmRelease } : {}),
      customResources: policy.evidence.custom_resources,
    });
    const facts = await withNeededBefore(cluster, openCase(evidence, policy));
    const diagnosis = diagnosisOf(isSwitchedOn("helm_rollback") ? await withReleaseObjects(cluster, facts) : facts);
    return again ? { ...run, diagnosis } : diagnosis;
  },
);

export const handler = lambda(diagnose);
