import type { Incident } from "../run/contracts.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { isRemediationError, NOT_THERE } from "../shared/errors.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { outOfScope } from "../shared/scope.ts";
import { readSimilar, similarWords } from "./similar.ts";

/**
 * The incident of a workload that a request names and that is not there, with what is there under a similar name: a name that is
 * mistyped is no fault of the workflow, and ends in an outcome. What is in a namespace that the policy keeps the workflow out of
 * is not told.
 * @param error what looking for it ended with; it is thrown again where it says something else
 */
export async function asMissing(
  cluster: Reader,
  workload: WorkloadRef,
  policy: Policy,
  error: unknown,
): Promise<Incident> {
  const name = NOT_THERE.find((each) => isRemediationError(error, each));
  if (name === undefined || !(error instanceof Error)) throw error;
  const isTold = name !== "NamespaceNotFound" && outOfScope(workload.namespace, policy) === undefined;
  const similar = isTold ? await readSimilar(cluster, workload) : [];
  const message = `${error.message}${similarWords(similar)}`;
  return { workload, failures: [], failing_pods: 0, sample_pods: [], missing: { error: name, message } };
}
