import type { Incident, Remedy } from "../run/contracts.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { answersRollout } from "../remedies/remedies.ts";
import type { GuardRefusal } from "./guards.ts";

/**
 * Nothing is done to a workload because another one fails, and nobody is called for each of those that wait. What is
 * done for its own rollout has evidence of its own, so it is none of these.
 */
export function refuseWaiting({ waits_for }: Incident, remedy: Remedy): GuardRefusal | undefined {
  if (waits_for === undefined || answersRollout(remedy.action)) return undefined;
  if (remedy.action === "none" && remedy.refusal !== "NoSafeRemedy" && remedy.refusal !== "MayPass") return undefined;
  const until =
    waits_for.elsewhere === true
      ? "That one is not looked after by this run: look at it first."
      : "Nothing is done to this one until that is settled.";
  return {
    refusal: "WaitsForAnother",
    message: `It waits for ${describeWorkload(waits_for.workload)}, which fails, too: ${waits_for.why}. ${until}`,
  };
}
