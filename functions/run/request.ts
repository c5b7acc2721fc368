import * as z from "zod";
import { REMEDY_CHANGES, RUNBOOK_REQUESTS } from "../remedies/contracts.ts";
import { RemediationError } from "../shared/errors.ts";
import { KINDS } from "../kinds/kinds.ts";
import { namespaceField, objectNameField, REQUEST_FIELDS } from "../shared/request-fields.ts";
import { assertTaken, meantBy } from "./assert-taken.ts";
import { PLAN_ID } from "./contracts.ts";

/** No action: detect everything in scope and remediate what can be remediated. What the schedule sends. */
export const ScanRequest = z.strictObject({ ...REQUEST_FIELDS, namespace: namespaceField.optional() });

export const DetectFailuresRequest = z.strictObject({
  action: z.literal("detect_failures"),
  ...REQUEST_FIELDS,
  namespace: namespaceField,
});

/** One workload, of any kind that is ever written to. */
const WORKLOAD_FIELDS = {
  ...REQUEST_FIELDS,
  namespace: namespaceField,
  /** The workload's kind. */
  kind: z.enum(
    KINDS.map(({ kind }) => kind),
    `must be one of ${KINDS.map(({ kind }) => kind).join(", ")}: what fails of pods, Jobs and HPAs, detect_failures says`,
  ),
  /** The workload's name. */
  name: objectNameField("workload"),
};

/** Finds the cause of what fails on one workload and what would be done, and changes nothing. */
export const DiagnoseRequest = z.strictObject({ action: z.literal("diagnose"), ...WORKLOAD_FIELDS });
/** Chooses a remedy for one workload, and carries it out as the policy lets whoever asks, also while a storm holds. */
export const RemediateRequest = z.strictObject({ action: z.literal("remediate"), ...WORKLOAD_FIELDS });

const PLAN_RULE = "must be the plan of the outcome that proposed it, 16 digits or letters from a to f";

const DECISION_FIELDS = {
  ...WORKLOAD_FIELDS,
  /** The plan that is decided about, as the proposal names it. */
  plan: z.string(PLAN_RULE).regex(PLAN_ID, PLAN_RULE),
};

/** Carries out what was proposed, if it is still what would be done. */
export const ApproveRequest = z.strictObject({ action: z.literal("approve"), ...DECISION_FIELDS });
/** Has what was proposed left undone, and not proposed again. */
export const DeclineRequest = z.strictObject({ action: z.literal("decline"), ...DECISION_FIELDS });

const EXECUTION_RULE = "must be the execution's name, as undo_request of its outcome has it, and not its ARN";

const UID_RULE = "must be the uid of undo_request";

/** Takes back what an execution did, as its record has it, while that is still as it was left. */
export const UndoRequest = z.strictObject({
  action: z.literal("undo"),
  ...WORKLOAD_FIELDS,
  /** The execution's name. */
  execution: z
    .string(EXECUTION_RULE)
    .max(100, "must be at most 100 characters")
    .regex(/^[^:]+$/, EXECUTION_RULE),
  /** What it did, exactly. */
  change: z.discriminatedUnion("kind", REMEDY_CHANGES),
  /** UID of the workload that it was done to. */
  uid: z.string(UID_RULE).min(1, UID_RULE).max(100, "must be at most 100 characters").optional(),
});
export type UndoRequest = z.output<typeof UndoRequest>;

/** A request that names what is to be done. */
export const ActionRequest = z.discriminatedUnion("action", [
  DetectFailuresRequest,
  ...RUNBOOK_REQUESTS,
  UndoRequest,
  DiagnoseRequest,
  RemediateRequest,
  ApproveRequest,
  DeclineRequest,
]);

/** Every request that the workflow takes. */
export const Request = z.union([ScanRequest, ActionRequest]);

export type ScanRequest = z.output<typeof ScanRequest>;
export type DetectFailuresRequest = z.output<typeof DetectFailuresRequest>;
export type ActionRequest = z.output<typeof ActionRequest>;
/** A request that names its remedy, as a runbook does. */
export type RunbookRequest = Extract<ActionRequest, z.output<(typeof RUNBOOK_REQUESTS)[number]>> | UndoRequest;
/** A request about one workload that leaves it to the workflow what to do. */
export type WorkloadRequest = Extract<ActionRequest, { action: "diagnose" | "remediate" }>;
/** A request that decides about what was proposed. */
export type DecisionRequest = Extract<ActionRequest, { action: "approve" | "decline" }>;
export type RemediationRequest = ScanRequest | ActionRequest;

/** The actions a request may name. The names are a public contract. */
export const ACTIONS = ActionRequest.options.map(({ shape }) => shape.action.value);

/**
 * Checks a request before anything is touched.
 * @throws RemediationError `InvalidRequest`, naming each offending field and its rule
 */
export function parseRequest(input: unknown): RemediationRequest {
  assertObject(input);
  if ("action" in input && !ACTIONS.includes(input.action as ActionRequest["action"])) {
    throw noSuchAction(input.action, ACTIONS, "A request without one detects and remediates everything in scope.");
  }
  const action = ActionRequest.options.find(({ shape }) => "action" in input && shape.action.value === input.action);
  return assertTaken(action ?? ScanRequest, input);
}

/** That there is no such action, with those that there are. @param otherwise what to know beside */
export function noSuchAction(action: unknown, actions: readonly string[], otherwise: string): RemediationError {
  const [meant] = typeof action === "string" ? meantBy(action.trim(), actions) : [];
  const instead = meant === undefined ? "" : `; send ${JSON.stringify(meant)}`;
  return new RemediationError(
    "InvalidRequest",
    `The request is refused: action: must be one of ${actions.join(", ")}${instead}. ${otherwise}`,
  );
}

/** @throws RemediationError `InvalidRequest` for what has no fields */
export function assertObject(input: unknown): asserts input is object {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return;
  throw new RemediationError(
    "InvalidRequest",
    'The request must be a JSON object, for example {"cluster_name": "prod"}.',
  );
}

/**
 * Which schedule sends a request, as it came: what it looks at, and whether it may do something. Undefined for what no schedule
 * sends. Several may start one state machine.
 */
export function scheduleOf(input: unknown): string | undefined {
  const { data } = ScanRequest.safeParse(input);
  if (data?.origin !== "schedule") return undefined;
  return JSON.stringify([data.cluster_name, data.namespace ?? null, data.dry_run ?? false]);
}

/** Whether the request names its own remedy. */
export function isRunbookRequest(request: RemediationRequest): request is RunbookRequest {
  return (
    "action" in request && request.action !== "detect_failures" && !isDecision(request) && !isWorkloadRequest(request)
  );
}

/** Whether the request names one workload, and no remedy. */
export function isWorkloadRequest(request: RemediationRequest): request is WorkloadRequest {
  return "action" in request && (request.action === "diagnose" || request.action === "remediate");
}

/** Whether the request decides about what was proposed. */
export function isDecision(request: RemediationRequest): request is DecisionRequest {
  return "action" in request && (request.action === "approve" || request.action === "decline");
}

/** Who wants what a run does: `found` is what it finds by itself. */
export type Origin = "found" | "agent" | "person";

/**
 * Who wants what a request leads to. What a scan finds, nobody has asked for, whoever started it. A remedy that is asked for without saying who asks is taken for an agent's, which may
 * do no more than a person.
 */
export function originOf(request: RemediationRequest): Origin {
  if (!("action" in request) || request.action === "detect_failures") return "found";
  const { origin = "agent" } = request;
  return origin === "agent" || origin === "person" ? origin : "found";
}
