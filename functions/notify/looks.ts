import { OF_ITS_NODE } from "../kinds/failing/pod-failures.ts";
import type { WorkloadRun } from "../run/contracts.ts";
import { isInOtherHands, undoVerification } from "../run/what-stands.ts";
import { isUnseen } from "../run/redrive.ts";
import type { Sight } from "../run/sight.ts";
import { mayHaveChanged } from "../run/telling.ts";
import { isNotThere, type ErrorName } from "../shared/errors.ts";
import type { Looks } from "./commands.ts";

/** How many nodes are looked at. */
const MAX_NODES = 2;
/** Failures that a node is the reason of. */
const BY_NODE: ReadonlySet<string> = new Set([...OF_ITS_NODE, "Evicted", "NodeShutdown", "Terminated", "Shutdown"]);

const NO_NAMESPACE: ErrorName = "NamespaceNotFound";

/** What there is to look at, as far as it was there when it was seen last and nothing was done to it since. */
export function looksOf(run: WorkloadRun): Looks {
  const { diagnosis, incident } = run;
  const seen = lastSight(run);
  const nodes = incident.failures.flatMap((failure) => (BY_NODE.has(failure.reason) ? (failure.nodes ?? []) : []));
  const hpa = isOfHpa(run) ? diagnosis?.sight?.hpa : undefined;
  return {
    ...(isGone(run) ? { gone: run.error?.Error === NO_NAMESPACE ? "namespace" : "workload" } : {}),
    log: seen?.log,
    // Of a pod whose containers have said nothing, its Events tell.
    pod: seen?.log === undefined ? seen?.pod : undefined,
    nodes: [...new Set(nodes)].slice(0, MAX_NODES),
    hpa: hpa?.name,
    top: hpa?.by_resources === true && diagnosis?.cause !== "HpaWithoutMetrics",
    quota: incident.failures.some(({ message = "" }) => message.includes("exceeded quota")),
  };
}

/** Whether the workload itself is not there any more. */
export function isGone({ diagnosis, error }: WorkloadRun): boolean {
  return diagnosis?.gone === true || isNotThere(error?.Error);
}

/** The last look after which nobody is known to have replaced a pod. */
function lastSight(run: WorkloadRun): Sight | undefined {
  const { remedy, undo, verification, diagnosis, tries = [] } = run;
  if (undo !== undefined || undoVerification(run) !== undefined || isInOtherHands(run) || isUnseen(run))
    return undefined;
  if (remedy?.status === "applied") return verification?.observation.sight;
  if (!mayHaveChanged(run)) return diagnosis?.sight;
  return diagnosis?.sight ?? tries.at(-1)?.verification.observation.sight;
}

/** Whether the HPA is what it is about, or has to do with it. */
function isOfHpa({ diagnosis }: WorkloadRun): boolean {
  return diagnosis?.cause.startsWith("Hpa") === true || (diagnosis !== undefined && "scale" in diagnosis.remedy);
}
