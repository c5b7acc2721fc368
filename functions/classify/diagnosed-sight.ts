import type { Case } from "../facts/case.ts";
import { sightOf } from "../facts/sight.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { DiagnosedSight } from "../run/sight.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";
import { comparedTemplates } from "./brought.ts";
import { differences } from "./differences.ts";

/**
 * How it was for its users when it was diagnosed, and what the present version has otherwise than the one before.
 * @param logLines how many of the last lines of the evidence are those of a log
 */
export function diagnosedSight(facts: Case, logLines: number): DiagnosedSight {
  const { evidence, failing } = facts;
  const { incident, workload, pods, lostNodes, hpa, now } = evidence;
  const kind = kindOf(incident.workload);
  const seen = sightOf({ kind, workload, pods, failing: failing.map(({ pod }) => pod), lostNodes }, now);
  const compared = comparedTemplates(facts);
  const changed = compared === undefined ? [] : differences(compared.before, compared.now);
  return {
    ...seen,
    ...(changed.length === 0 ? {} : { differences: changed }),
    ...(hpa?.metadata?.name === undefined
      ? {}
      : { hpa: { name: hpa.metadata.name, by_resources: measuresResources(hpa) } }),
    ...(logLines === 0 ? {} : { log_lines: logLines }),
  };
}

function measuresResources({ spec }: Hpa): boolean {
  return (spec.metrics ?? []).some(({ type }) => type === "Resource" || type === "ContainerResource");
}
