/** What can go wrong with one request between a function and the API server. */
export type FaultName = (typeof FAULT_NAMES)[number];

export const FAULT_NAMES = [
  "429",
  "429-retry-after",
  "500",
  "503",
  "409",
  "410",
  "403",
  "delay",
  "cut-before",
  "cut-within",
  "cut-after",
  "truncate",
  "corrupt",
  "lose-response",
  "504-after-effect",
] as const;

/** How an endpoint may fall silent: the connection stays open, and nothing says that nothing more will come. */
export type SilenceName = keyof typeof SILENCES;

/** What a plan may do to a request. */
export type TroubleName = FaultName | SilenceName;

/** How the proxy carries a fault out. */
export type Fault =
  /** Answered by the proxy; the API server never hears of the request. */
  | { kind: "answer"; status: number; reason: string; retryAfter?: number }
  /** Handed on after a while, in milliseconds. */
  | { kind: "delay"; milliseconds: number }
  /** The connection is cut before the request is handed on. */
  | { kind: "cut" }
  /** Handed on, so that it takes effect; what comes back is spoiled. */
  | { kind: "spoil"; how: "cut-within" | "cut-after" | "truncate" | "corrupt" | "lose" | "time-out" }
  /** Never handed on, and never answered. */
  | { kind: "swallow" }
  /** Handed on, so that it takes effect; what comes back stops after nothing, the headers, or half of the body. */
  | { kind: "stall"; after: "nothing" | "headers" | "half" }
  /** Handed on; the body comes byte by byte, each after so many milliseconds. */
  | { kind: "drip"; milliseconds: number };

/** Each silence: what it does, in words for people, and how. No part for spoiled requests plays them: each takes a step's whole time. */
export const SILENCES = {
  swallowed: { description: "taken, never handed on, and never answered", fault: { kind: "swallow" } },
  unanswered: { description: "takes effect; never answered", fault: { kind: "stall", after: "nothing" } },
  "headers-only": {
    description: "takes effect; the headers come, and no body",
    fault: { kind: "stall", after: "headers" },
  },
  "half-a-body": {
    description: "takes effect; half of the body comes, and no more",
    fault: { kind: "stall", after: "half" },
  },
  drip: {
    description: "takes effect; the body comes by one byte a second",
    fault: { kind: "drip", milliseconds: 1_000 },
  },
} as const satisfies Record<string, { description: string; fault: Fault }>;

/** Each fault: what it does, in words for people, and how. */
export const FAULTS: Readonly<Record<FaultName, { description: string; fault: Fault }>> = {
  "429": {
    description: "answered 429 without Retry-After; not handed on",
    fault: { kind: "answer", status: 429, reason: "TooManyRequests" },
  },
  "429-retry-after": {
    description: "answered 429 with Retry-After: 1; not handed on",
    fault: { kind: "answer", status: 429, reason: "TooManyRequests", retryAfter: 1 },
  },
  "500": {
    description: "answered 500; not handed on",
    fault: { kind: "answer", status: 500, reason: "InternalError" },
  },
  "503": {
    description: "answered 503; not handed on",
    fault: { kind: "answer", status: 503, reason: "ServiceUnavailable" },
  },
  "409": { description: "answered 409; not handed on", fault: { kind: "answer", status: 409, reason: "Conflict" } },
  "410": { description: "answered 410; not handed on", fault: { kind: "answer", status: 410, reason: "Expired" } },
  "403": { description: "answered 403; not handed on", fault: { kind: "answer", status: 403, reason: "Forbidden" } },
  delay: { description: "handed on after two seconds", fault: { kind: "delay", milliseconds: 2_000 } },
  "cut-before": { description: "connection cut before it is handed on", fault: { kind: "cut" } },
  "cut-within": {
    description: "takes effect; connection cut within the response",
    fault: { kind: "spoil", how: "cut-within" },
  },
  "cut-after": {
    description: "takes effect; connection cut after the whole response",
    fault: { kind: "spoil", how: "cut-after" },
  },
  truncate: {
    description: "takes effect; the first half of the body as a complete response",
    fault: { kind: "spoil", how: "truncate" },
  },
  corrupt: {
    description: "takes effect; the body's first byte replaced, so that it is no JSON",
    fault: { kind: "spoil", how: "corrupt" },
  },
  "lose-response": {
    description: "takes effect; connection cut instead of a response",
    fault: { kind: "spoil", how: "lose" },
  },
  "504-after-effect": {
    description: "takes effect; answered 504 instead",
    fault: { kind: "spoil", how: "time-out" },
  },
};

/** How a trouble is carried out. */
export function carriedOut(name: TroubleName): Fault {
  return name in SILENCES ? SILENCES[name as SilenceName].fault : FAULTS[name as FaultName].fault;
}

/** The body with which the API server explains a refusal. */
export function statusBody(code: number, reason: string): string {
  const message = `${reason}: this answer was made by the fault proxy`;
  return JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code });
}

/** The body that arrives in place of what the API server sent. */
export function spoiledBody(how: "cut-within" | "truncate" | "corrupt", body: Buffer): Buffer {
  if (how !== "corrupt") return body.subarray(0, Math.floor(body.length / 2));
  const copy = Buffer.from(body);
  if (copy.length > 0) copy[0] = "#".charCodeAt(0);
  return copy;
}
