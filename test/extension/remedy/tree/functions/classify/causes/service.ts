import { failureLines } from "../../facts/failure-lines.ts";
import { lostSelector } from "../../remedies/service-selector/plan.ts";
import { once, type Cause } from "./cause.ts";

/** What keeps a workload from being reached. */
export const SERVICE_CAUSES: readonly Cause[] = [
  {
    name: "ServiceSelectsNothing",
    looksLike: "The Service that is called as the workload picks none of its pods, and they are not well.",
    response: "Put the labels of the workload's pods into the Service's selector.",
    rejected: [{ action: "restart", reason: "a new pod would have the same labels" }],
    diagnose: (facts) => {
      const plan = facts.failing.length === 0 ? undefined : lostSelector(facts);
      if (plan === undefined) return undefined;
      return {
        confidence: "medium",
        summary: `Service ${plan.service} picks none of its pods.`,
        evidence: failureLines(facts.failing),
        tries: once(plan),
      };
    },
  },
];
