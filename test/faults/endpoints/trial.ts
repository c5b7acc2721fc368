import { SILENCES, type SilenceName } from "../proxy/fault.ts";
import type { Situation } from "../situations.ts";
import type { Deed } from "../../../statemachines/asl.ts";
import { deedOf } from "../../../statemachines/by-name.ts";
import { DEAD_ENDS, type DeadEndName } from "./dead-ends.ts";

/** Where in a run the endpoint falls silent, how, and for how long. */
export interface EndpointTrial {
  situation: Situation["name"];
  /** The step that meets it first. */
  during: Deed;
  trouble:
    { kind: "request"; silence: SilenceName; at: "first" | "later" } | { kind: "connection"; deadEnd: DeadEndName };
  /** One request, or one call of a function where it is not even connected; or everything from then on. */
  lasts: "once" | "for good";
}

/**
 * How long a step has, in seconds: what a scan keeps for its end and some more; twice three tries to connect, since a release
 * looks at the workload as well; or else what a busy machine takes for a step.
 */
export const STEP_SECONDS = { detect: 20, connection: 21, request: 3 } as const;

/** How long a step has in a trial, in seconds. */
export function secondsOf(state: string, { trouble: { kind } }: EndpointTrial): number {
  return deedOf(state) === "detect" ? STEP_SECONDS.detect : STEP_SECONDS[kind];
}

/** Whether it is over in about a minute. A scan that cannot even connect is tried again once, all else four times. */
export function isQuick({ during, trouble, lasts }: EndpointTrial): boolean {
  return lasts === "once" || (during === "detect") === (trouble.kind === "connection");
}

const STEPS: Readonly<Record<Situation["name"], readonly Deed[]>> = {
  "bad-rollout": ["detect", "claim", "diagnose", "remedy", "verify", "report", "release"],
  "stable-crash": ["detect", "claim", "diagnose", "remedy", "verify", "report", "release"],
  "rollback-in-vain": ["undo", "verify undo"],
};

/** Everything that is tried: each step with each silence at each of its moments. */
export function endpointTrials(): EndpointTrial[] {
  const requests = (Object.keys(SILENCES) as SilenceName[]).flatMap((silence) =>
    (["first", "later"] as const).map((at) => ({ kind: "request", silence, at }) as const),
  );
  const connections = (Object.keys(DEAD_ENDS) as DeadEndName[]).map(
    (deadEnd) => ({ kind: "connection", deadEnd }) as const,
  );
  return Object.entries(STEPS).flatMap(([situation, steps]) =>
    steps.flatMap((during) =>
      [...requests, ...connections].flatMap((trouble) =>
        (["once", "for good"] as const).map((lasts): EndpointTrial => ({ situation, during, trouble, lasts })),
      ),
    ),
  );
}

/** A trial in a few words. */
export function describeTrial({ situation, during, trouble, lasts }: EndpointTrial): string {
  const where = trouble.kind === "request" ? `, its ${trouble.at} request` : "";
  return `${situation}, ${during}${where}: ${nameOf(trouble)}, ${lasts}`;
}

export function nameOf(trouble: EndpointTrial["trouble"]): SilenceName | DeadEndName {
  return trouble.kind === "request" ? trouble.silence : trouble.deadEnd;
}
