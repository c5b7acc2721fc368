import { RemediationError } from "../../shared/errors.ts";
import { bounded } from "../../shared/text.ts";
import { timeLeft } from "../../shared/time-left.ts";
import { noAnswerCode, PASSING_STATUSES } from "../answers.ts";

/** One request to a Git server. */
export interface GitRequest {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  url: string;
  body?: unknown;
  /** How it is told of, where the path may be secret. Default: the method and the path. */
  shown?: string;
}

/** An answer, whatever its status. */
export interface Answer {
  status: number;
  headers: Headers;
  /** What the JSON holds; undefined where it is none. */
  json: unknown;
}

/** Sends requests with whatever the server is to know of who asks. @throws RemediationError `DeliveryFailed` where there is no answer */
export type Send = (request: GitRequest) => Promise<Answer>;

/** How long one request may take, in milliseconds. */
const REQUEST_MS = 10_000;
/** How much of an answer is read. A hundred issues are less than that. */
const MAX_ANSWER_BYTES = 8 * 1_024 * 1_024;

/**
 * Sends one request, and waits so long for all of the answer. A redirect is an answer: what leads elsewhere does not get the token.
 * @param headers what tells the server who asks: nothing of it is in an error
 */
export function sender(headers: (request: GitRequest, body: string) => Record<string, string>): Send {
  return async (request) => {
    const body = request.body === undefined ? "" : JSON.stringify(request.body);
    const milliseconds = Math.max(1, Math.min(REQUEST_MS, Math.floor(timeLeft())));
    try {
      const response = await fetch(request.url, {
        method: request.method,
        redirect: "manual",
        headers: {
          "user-agent": "eks-remediation",
          ...(body === "" ? {} : { "content-type": "application/json" }),
          ...headers(request, body),
        },
        ...(body === "" ? {} : { body }),
        signal: AbortSignal.timeout(milliseconds),
      });
      return { status: response.status, headers: response.headers, json: parsed(await textOf(response)) };
    } catch (error) {
      throw new RemediationError(
        "DeliveryFailed",
        `There is no answer to ${inWords(request)}: ${noAnswerCode(error)}.`,
      );
    }
  };
}

/** Where an answer is larger than that, there is none. */
async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    size += part.length;
    if (size > MAX_ANSWER_BYTES) throw Object.assign(new Error(), { code: "TOO_MUCH" });
  }
  return Buffer.concat(parts).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The error that an answer other than the expected one is.
 * @param meanings what a status means there, and what to do about it
 * @param secret what is not repeated, should the answer hold it
 */
export function refused(
  request: GitRequest,
  answer: Answer,
  meanings: Readonly<Record<number, string>>,
  secret: string,
): RemediationError {
  const { status } = answer;
  const said = saidIn(answer.json).replaceAll(secret, "(hidden)");
  const words = `status ${status}${said === "" ? "" : `: ${bounded(said, 200)}`}`;
  if (mayPass(answer))
    return new RemediationError("DeliveryFailed", `${inWords(request)} is not answered at present (${words}).`);
  const meaning = meanings[status] ?? "Nothing is sent again by itself.";
  return new RemediationError("DeliveryRefused", `${inWords(request)} is refused (${words}). ${meaning}`);
}

/** The error that an answer in no known form is: what was asked may be done all the same. */
export function notUnderstood(request: GitRequest, api: string): RemediationError {
  const words = `The answer to ${inWords(request)} is not what the documentation says: is it the API of ${api}?`;
  return new RemediationError("DeliveryFailed", words);
}

/**
 * Whether the server may answer otherwise later: it is busy, or has had enough for now.
 * Source: docs.github.com, "Rate limits for the REST API", "Exceeding the rate limit"
 */
function mayPass({ status, headers, json }: Answer): boolean {
  const isTold = headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0";
  const isLimited = isTold || /rate limit/i.test(saidIn(json));
  return status >= 500 || PASSING_STATUSES.includes(status) || (status === 403 && isLimited);
}

/** What an answer says in words: `message` of both, where GitLab may have a list or an object of them; `error` of GitLab. */
function saidIn(json: unknown): string {
  if (typeof json !== "object" || json === null) return "";
  const { message, error } = json as { message?: unknown; error?: unknown };
  const said = message ?? error;
  return typeof said === "string" ? said : said === undefined ? "" : JSON.stringify(said);
}

function inWords({ method, url, shown }: GitRequest): string {
  return shown ?? `${method} ${bounded(new URL(url).pathname, 200)}`;
}
