import { workloadKey } from "../../../functions/scan/incidents.ts";
import type { Ground } from "../ground.ts";
import type { ClaimAnswer } from "./executions.ts";

/** One crowd, and what came of it. */
export interface Episode {
  what: string;
  executions: number;
  /** Executions that claimed a workload. */
  acted: number;
  /** Claims that were refused because somebody else held them. */
  refused: number;
  /** Claims that were refused for another reason, such as a cool-down. */
  otherwise: number;
  /** Changes of workloads that took effect. */
  writes: number;
  seconds: number;
  violations: string[];
}

/** Refusals of a claim that do not name an execution which did claim the workload. */
export function wronglyRefused(answers: readonly ClaimAnswer[]): string[] {
  const holders = Map.groupBy(
    answers.filter(({ claim }) => claim.status === "claimed"),
    ({ workload }) => workloadKey(workload),
  );
  return answers
    .filter(({ claim }) => claim.refusal === "AlreadyClaimed")
    .filter(({ workload, claim: { message = "" } }) => {
      const names = (holders.get(workloadKey(workload)) ?? []).map(({ execution }) => execution);
      return !names.some((name) => message.includes(` by ${name},`));
    })
    .map(
      ({ execution, claim }) => `${execution} was refused, and not told who holds the claim: ${claim.message ?? ""}`,
    );
}

/** Claims on workloads of this namespace that somebody still holds. */
export async function claimsHeld(ground: Ground): Promise<string[]> {
  const held = (await ground.claims()).filter(({ spec }) => (spec?.holderIdentity ?? "") !== "");
  return held.map(({ metadata, spec }) => `${metadata?.name ?? ""} is still held by ${spec?.holderIdentity ?? ""}`);
}
