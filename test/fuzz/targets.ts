import { detection } from "./targets/detection.ts";
import { leases } from "./targets/leases.ts";
import { remediation } from "./targets/remediation.ts";
import { agent, policies, requests } from "./targets/requests.ts";
import { responses } from "./targets/responses.ts";
import { notifications, steps } from "./targets/steps.ts";
import type { Target } from "./target.ts";

/** Every way into the functions. */
export const TARGETS: readonly Target[] = [
  requests,
  policies,
  agent,
  detection,
  remediation,
  steps,
  notifications,
  leases,
  responses,
];
