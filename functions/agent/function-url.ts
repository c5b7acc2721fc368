import * as z from "zod";
import { RemediationError } from "../shared/errors.ts";

/**
 * What Lambda hands to a function behind a URL, as far as it is used.
 * Source: docs.aws.amazon.com/lambda, "Invoking Lambda function URLs", payload format 2.0
 */
const UrlEvent = z.object({
  rawPath: z.string().default("/"),
  rawQueryString: z.string().default(""),
  headers: z.record(z.string(), z.string()).default({}),
  requestContext: z.object({ domainName: z.string(), http: z.object({ method: z.string() }) }),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
});

/** What Lambda sends on as the answer. */
export interface UrlAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** The request that came in through the URL. @throws RemediationError `InvalidRequest` when it did not come through one */
export function requestOf(event: unknown): Request {
  const { success, data } = UrlEvent.safeParse(event);
  if (!success) throw new RemediationError("InvalidRequest", "This function is called through its URL alone.");
  const { rawPath, rawQueryString, headers, requestContext, body, isBase64Encoded } = data;
  const { method } = requestContext.http;
  const url = `https://${requestContext.domainName}${rawPath}${rawQueryString === "" ? "" : `?${rawQueryString}`}`;
  const hasBody = body !== undefined && method !== "GET" && method !== "HEAD";
  return new Request(url, {
    method,
    headers,
    ...(hasBody ? { body: isBase64Encoded ? Buffer.from(body, "base64") : body } : {}),
  });
}

/** The answer as Lambda takes it. */
export async function responseOf(response: Response): Promise<UrlAnswer> {
  // The connection is between Lambda and the caller.
  const headers = [...response.headers].filter(([name]) => name !== "connection");
  return { statusCode: response.status, headers: Object.fromEntries(headers), body: await response.text() };
}
