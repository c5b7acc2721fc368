import { scannedKinds } from "../../functions/kinds/kinds.ts";
import type { Failure } from "../../functions/shared/kubernetes/failures.ts";
import type { Moment } from "../../functions/kinds/failing/overdue.ts";

/** The ways in which an object of that kind fails by its own status; none for a kind that is not looked at. */
export function workloadFailures(kind: string, object: object, moment: Moment): Failure[] {
  return (
    scannedKinds()
      .find((scanned) => scanned.kind === kind)
      ?.failures(object, moment) ?? []
  );
}
