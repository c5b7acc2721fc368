import type { WorkloadRun } from "../run/contracts.ts";
import { lastTry } from "../run/tries.ts";
import { undoVerification } from "../run/what-stands.ts";
import type { Sight } from "../run/sight.ts";
import { count, moment } from "../shared/text.ts";
import type { NotificationDocument } from "./notification.ts";

/** A look that counted pods. */
type Counted = Sight & { ready: number; wanted: number };

/** How it is for its users, as far as it was looked at: each line says as of when. */
export function statusLines(run: WorkloadRun): string[] {
  const [first, ...later] = sights(run);
  const last = later.at(-1);
  const now = last ?? first;
  if (now === undefined || first === undefined) return failingLines(run);
  return [
    `${standing(now)}, as of ${time(now.at)}${before(run, last)}`,
    ...(last === undefined ? failingLines(run) : [`before: ${standing(first)}, as of ${time(first.at)}`]),
  ];
}

/** What has happened since the last look that counted. */
function before(run: WorkloadRun, last: Sight | undefined): string {
  if (run.undo?.status === "overtaken") return ", before somebody changed it";
  if (run.undo?.status === "applied" || undoVerification(run) !== undefined) return ", before it was undone";
  return run.remedy?.status === "applied" && last === undefined ? ", before anything was done" : "";
}

/** `0 of 3 ready`, or `no pods wanted`, where that was the last that was seen of it, and nothing was done to it since; for a subject. */
export function shortStatus(run: WorkloadRun): string | undefined {
  const seen = sights(run).at(-1);
  if (seen === undefined || run.undo !== undefined || run.verification?.verdict === "overtaken") return undefined;
  const isOld = run.remedy?.status === "applied" && run.verification?.observation.sight !== seen;
  if (isOld) return undefined;
  return seen.wanted === 0 ? "no pods wanted" : numbers(seen);
}

/** What each look saw, in their order. */
function sights(run: WorkloadRun): Counted[] {
  const { tries = [], diagnosis, verification } = run;
  const looks = [
    ...tries.flatMap((earlier) => [earlier.diagnosis.sight, earlier.verification.observation.sight]),
    diagnosis?.sight,
    run.remedy?.status === "applied" ? verification?.observation.sight : undefined,
  ];
  return looks.flatMap((sight) => (sight === undefined || !isCounted(sight) ? [] : [sight]));
}

function isCounted(sight: Sight): sight is Counted {
  return sight.ready !== undefined && sight.wanted !== undefined;
}

/** How it is for its users in a word, as of the last look that counted pods; undefined where none did, or it is to have none. */
export function standingOf(run: WorkloadRun): NotificationDocument["standing"] {
  const seen = sights(run).at(-1);
  return seen === undefined || seen.wanted === 0 ? undefined : wordFor(seen);
}

function wordFor({ ready, wanted }: Counted): "down" | "up_in_part" | "up" {
  return ready === 0 ? "down" : ready < wanted ? "up_in_part" : "up";
}

function standing(sight: Counted): string {
  const { ready, wanted, unavailable_since: since } = sight;
  if (wanted === 0) return "it is to have no pods";
  const how = `it is ${wordFor(sight).replaceAll("_", " ")}`;
  const few = ready < wanted && since !== undefined ? `, too few since ${time(since)}` : "";
  return `${numbers(sight)}: ${how}${few}`;
}

/** Of pods beyond those that it is to have, as a rollout makes them, nothing is said. */
function numbers({ ready, wanted }: Counted): string {
  return `${Math.min(ready, wanted)} of ${wanted} ready`;
}

/** How many of its pods fail, and since when. */
function failingLines(run: WorkloadRun): string[] {
  const { failing_pods: pods, failures } = run.incident;
  if (pods === 0 || lastTry(run) !== undefined) return [];
  const since = failures
    .map((failure) => Date.parse(failure.since ?? ""))
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b)[0];
  const when = since === undefined ? "" : `, the first since ${moment(new Date(since))}`;
  return [`${count(pods, "pod")} failed when it was found${when}`];
}

function time(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? "a time that is not known" : moment(at);
}
