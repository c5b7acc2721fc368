import type { ExecutionRef, Report } from "../../run/contracts.ts";
import type { Detection } from "../../run/detection.ts";
import type { NotifyEnvironment } from "../environment.ts";
import type { About } from "../input.ts";
import { MANY_FAIL, stormMessage, stormOverMessage } from "../message.ts";
import { recordOfRun } from "../record/record-of.ts";
import { isToldAnew, overWords, unrememberedWords, whyUnremembered } from "../storm-told.ts";
import { saidLate, stormToldLate } from "../told-late.ts";
import { countRun, keep } from "./kept.ts";

/** Tells that so much fails at once that a run leaves it alone; once while it lasts. */
export async function tellStorm(
  environment: NotifyEnvironment,
  { detection, memory, execution }: About<"storm">,
): Promise<Report> {
  const { storm = MANY_FAIL } = detection;
  const why = whyUnremembered(memory);
  const words = why === undefined ? [] : [unrememberedWords(why, environment.pastRuns !== undefined)];
  const said = [storm, ...words].join(" ");
  const told = { ...detection, storm: saidLate(said, stormToldLate(detection, environment.now())) };
  const message = stormMessage(told, execution);
  const isTold = why === undefined || detection.dry_run || (await isAnew(environment, detection, execution));
  const about = { clusterName: detection.cluster_name, execution, dryRun: detection.dry_run };
  const kept = isTold ? await keep(environment, recordOfRun(message.report, about, environment.now())) : {};
  if (isTold) await environment.publish(message);
  countRun(environment, detection.cluster_name, message.report);
  return { ...message.report, ...kept };
}

/** Tells that a storm of which people were told is over; null where there is none to tell of. */
export async function tellStormOver(
  environment: NotifyEnvironment,
  { detection, execution }: About<"storm_over">,
): Promise<Report | null> {
  const { storm_over: over, cluster_name: clusterName } = detection;
  if (over === undefined) return null;
  const message = stormOverMessage(overWords(over), detection, execution);
  const kept = await keep(environment, recordOfRun(message.report, { clusterName, execution }, environment.now()));
  await environment.publish(message);
  return { ...message.report, ...kept };
}

/** Whether people are to be told of a storm that no Lease remembers; who cannot look back tells it. */
async function isAnew(environment: NotifyEnvironment, detection: Detection, execution: ExecutionRef): Promise<boolean> {
  try {
    const past = (await environment.pastRuns?.outcomesBefore(execution, detection.cluster_name)) ?? [];
    return isToldAnew(detection, past, environment.policy(), environment.now());
  } catch {
    return true;
  }
}
