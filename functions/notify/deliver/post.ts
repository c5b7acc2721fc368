import { noAnswerCode } from "../answers.ts";

/** What came of one request: an answer, or none. */
export type Posted = { status: number; retryAfterSeconds?: number; body: string } | { unanswered: string };

/** How much of an answer is read: it says in some words what is wrong. */
const MAX_ANSWER_BYTES = 2_048;

/**
 * Sends JSON, and waits so long for all of the answer. A redirect is an answer, and is not followed. Never throws.
 * @param milliseconds how long it may take
 */
export async function post(url: URL, body: string, milliseconds: number): Promise<Posted> {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    const headers = { "content-type": "application/json", "user-agent": "eks-remediation" };
    const response = await fetch(url, { method: "POST", redirect: "manual", headers, body, signal });
    const retryAfter = Number(response.headers.get("retry-after") ?? NaN);
    return {
      status: response.status,
      ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: Math.max(0, retryAfter) } : {}),
      body: await beginningOf(response),
    };
  } catch (error) {
    return { unanswered: noAnswerCode(error) };
  }
}

/** What comes after it is not read. */
async function beginningOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    size += part.length;
    if (size >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MAX_ANSWER_BYTES).toString("utf8");
}
