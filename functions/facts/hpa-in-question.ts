import type { Incident } from "../run/contracts.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";
import { hpaFailures } from "./hpa-failures.ts";
import { scalesWellSince } from "./well-since.ts";

/**
 * Which of the HPAs that scale one workload is in question: the one whose move is to be taken back, else the first that fails, else
 * the first that has something to say against its size, else the first.
 * @param moment undefined where nothing is known of how long an HPA may say so
 */
export function hpaInQuestion(
  hpas: readonly Hpa[],
  { requested }: Pick<Incident, "requested">,
  moment: Moment | undefined,
): Hpa | undefined {
  const moved = requested?.action === "undo" && "scale" in requested.change ? requested.change.scale : undefined;
  const name = moved?.target === "hpa" ? moved.name : undefined;
  return (
    hpas.find(({ metadata }) => name !== undefined && metadata?.name === name) ??
    hpas.find((hpa) => moment !== undefined && hpaFailures(hpa, moment).length > 0) ??
    hpas.find((hpa) => scalesWellSince(hpa) === undefined) ??
    hpas[0]
  );
}
