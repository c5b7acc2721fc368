import type { Diagnosis, Remedy } from "../../run/contracts.ts";
import { kindOf } from "../../kinds/kinds.ts";
import type { Case } from "../../facts/case.ts";
import type { Meaning } from "../../facts/words/meaning.ts";
import { isOlderThan } from "../../shared/kubernetes/failures.ts";
import { count, duration } from "../../shared/text.ts";

/** A remedy that a cause allows, and how long it may take to show that it helps, in seconds, where the cause knows. */
export interface Try {
  remedy: Remedy;
  deadline_seconds?: number;
}

/** What a rule concludes when it matches. */
export interface Finding {
  confidence: Diagnosis["confidence"];
  summary: string;
  evidence: string[];
  /** What may be done, in this order: the next one is for when what comes before it was tried in vain. */
  tries: readonly [Try, ...Try[]];
  /** Further remedies that are not chosen, and why, where that depends on what was found. */
  rejected?: Diagnosis["rejected"];
}

/** One cause: how it is recognised, what is done about it, and what is not. */
export interface Cause {
  name: string;
  /** How it shows, for people. */
  looksLike: string;
  /** What is done about it, for people. */
  response: string;
  /** The words that lead to it, where words do. */
  words?: readonly Pick<Meaning, "means" | "words" | "reasons" | "outside">[];
  /** Remedies that are not chosen for this cause, and why. */
  rejected: Diagnosis["rejected"];
  /** Reads the case, and nothing else; undefined when this is not the cause. */
  diagnose: (facts: Case) => Finding | undefined;
}

/** One remedy, and nothing after it. */
export function once(remedy: Remedy): [Try] {
  return [{ remedy }];
}

/** Leaves it to a person, with what to do. */
export function reportOnly(message: string): Remedy {
  return { action: "none", refusal: "NoSafeRemedy", message };
}

/** Evidence about the revisions: which one is present, which one was healthy, and how long all was well. */
export function rolloutLines({ evidence, current, healthy, stable }: Case): string[] {
  // Nothing is known of the revisions of a kind that has none, or whose revisions nobody reads.
  if (kindOf(evidence.incident.workload)?.history === undefined) return stable.evidence === "" ? [] : [stable.evidence];
  return [
    current === undefined
      ? "the present template has no revision yet"
      : `the present revision is ${current.revision} (${current.name}), ${current.available} of ${current.replicas} replicas available`,
    ...(healthy === undefined ? [] : [healthy.evidence]),
    ...(stable.evidence === "" ? [] : [stable.evidence]),
  ];
}

/** Evidence that other pods of the present revision run well. */
export function provenLines({ current, standings, policy }: Case): string[] {
  const { proven = 0 } = current === undefined ? {} : (standings.get(current.name) ?? {});
  if (current === undefined || proven === 0) return [];
  return [
    `${count(proven, "other pod")} of revision ${current.revision} ${proven === 1 ? "has" : "have"} been ready for at least ${duration(policy.stable_seconds)}`,
  ];
}

/** Whether no pod has failed for longer than a start may take. */
export function isFresh({ failing, evidence, policy }: Case): boolean {
  return failing.every(({ failures }) =>
    failures.every(({ since }) => !isOlderThan(since, policy.detect.starting_seconds, evidence.now)),
  );
}
