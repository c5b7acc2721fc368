import { lambda } from "../lambda/lambda.ts";
import { Detection } from "../run/detection.ts";
import { policyFor } from "../run/policy-for.ts";
import {
  isDecision,
  isRunbookRequest,
  isWorkloadRequest,
  originOf,
  parseRequest,
  type ActionRequest,
  type Origin,
} from "../run/request.ts";
import { step } from "../run/step.ts";
import { lookAround } from "../scan/look-around.ts";
import { findDecided } from "./decided.ts";
import { findNamed } from "./named.ts";
import { findTarget } from "./target.ts";

/** Finds what fails, or the workload that a runbook names. The first step: it checks the request itself. */
export const detect = step(parseRequest, Detection, async (asked, environment) => {
  const request = { ...asked, cluster_name: (await environment.knownAs?.(asked.cluster_name)) ?? asked.cluster_name };
  const policy = await policyFor(environment, request.cluster_name);
  const cluster = await environment.connect(request.cluster_name);
  const now = environment.now();
  const at = now.toISOString();
  if (isDecision(request)) return { ...forWhom(request, await findDecided(cluster, request, policy, now)), at };
  if (isWorkloadRequest(request)) return { ...forWhom(request, await findNamed(cluster, request, policy, now)), at };
  if (isRunbookRequest(request)) {
    const found = await findTarget(cluster, request, policy);
    return { ...forWhom(request, wantedBy(originOf(request), found)), at };
  }
  const { detection, measurements } = await lookAround(cluster, request, policy, now);
  environment.measure(request.cluster_name, measurements);
  return { ...detection, at };
});

/** The detection with who wants its remedy. */
function wantedBy(origin: Origin, detection: Detection): Detection {
  return { ...detection, incidents: detection.incidents.map((incident) => ({ ...incident, origin })) };
}

/** The detection with the words of whoever asks. */
function forWhom(
  { requested_by: by, reason }: Exclude<ActionRequest, { action: "detect_failures" }>,
  detection: Detection,
): Detection {
  if (by === undefined && reason === undefined) return detection;
  const asked = { ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
  return { ...detection, incidents: detection.incidents.map((incident) => ({ ...incident, asked })) };
}

export const handler = lambda(detect);
