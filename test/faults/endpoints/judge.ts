import type { ExecutionEvent } from "../../../local/engine/engine.ts";
import { violations, type Observation } from "../invariants.ts";
import { ofAll, whenExpired } from "../stop-invariants.ts";
import type { TimedCall } from "./silence.ts";
import { secondsOf, type EndpointTrial } from "./trial.ts";

/** What is known of a run whose endpoint fell silent. */
export interface Silenced {
  trial: EndpointTrial;
  seen: Observation;
  calls: readonly TimedCall[];
  events: readonly Pick<ExecutionEvent, "type" | "state" | "error">[];
  /** The execution that came when the endpoint answered again, and the claim had expired. */
  later: Observation | undefined;
}

/** What Lambda leaves a function when that has given up waiting: longer, and it is ended without a word. */
const TIME_TO_ANSWER_MS = 2_000;
/** What a step may say of an endpoint that does not answer, by whether it could be connected to. */
const SAID = { connection: ["ClusterUnreachable"], request: ["ClusterUnreachable", "ClusterUnavailable"] } as const;

/** Promises broken by a run whose endpoint fell silent, or by the one that came later. One line each. */
export function endpointViolations({ trial, seen, calls, events, later }: Silenced): string[] {
  const { kind } = trial.trouble;
  const most = (state: string) => secondsOf(state, trial) * 1_000 + TIME_TO_ANSWER_MS;
  const said: readonly string[] = SAID[kind];
  const late = calls.filter(({ state, milliseconds }) => milliseconds > most(state));
  const wrong = events.filter(({ error }) => error !== undefined && !said.includes(error.name));
  const told = seen.notifications.filter(({ report }) => report.workload === undefined);
  return [
    ...late.map(
      ({ state, milliseconds }) => `"${state}" took ${(milliseconds / 1_000).toFixed(1)} s of ${most(state) / 1_000} s`,
    ),
    ...wrong.map(({ state, error }) => `"${state}" says ${error?.name ?? ""}: ${error?.message ?? ""}`),
    ...told
      .filter(({ text }) => !said.some((name) => text.includes(name)))
      .map(({ text }) => `what is told of the failed run does not name what happened: ${text}`),
    ...violations(seen).map(({ invariant, detail }) => `${invariant}: ${detail}`),
    ...(later === undefined ? [] : [...whenExpired(seen, later), ...ofAll([seen, later])]).map(
      ({ invariant, detail }) => `${invariant}: when it answers again: ${detail}`,
    ),
  ];
}
