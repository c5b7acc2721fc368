import type { Report } from "../../run/contracts.ts";
import { nameOfError } from "../../shared/errors.ts";
import { within } from "../../shared/time-left.ts";
import type { NotifyEnvironment } from "../environment.ts";
import type { OutcomeRecord } from "../record/record.ts";

/** How long what is beside the message may take, in milliseconds: then there is time left to tell it. */
export const BESIDE_MS = 20_000;

/** Keeps a record. That it could not be kept is said beside the outcome, and counted; it changes nothing of it. */
export async function keep(
  environment: NotifyEnvironment,
  record: OutcomeRecord,
): Promise<Pick<Report, "record_error">> {
  try {
    await within(BESIDE_MS, async () => environment.keep?.(record));
    return {};
  } catch (error) {
    environment.measure(record.cluster_name, [{ name: "RecordsNotKept", value: 1 }]);
    return { record_error: nameOfError(error) };
  }
}

/** Counts the end of a whole run, for which a person is needed. */
export function countRun(environment: NotifyEnvironment, clusterName: string, { outcome }: Report): void {
  environment.measure(clusterName, [
    { name: "Outcomes", value: 1, dimensions: { outcome } },
    { name: "NeedsPerson", value: 1 },
  ]);
}
