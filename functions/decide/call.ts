import * as z from "zod";
import { contract } from "../run/step.ts";

/**
 * What a function URL hands to its function of a request.
 * Source: docs.aws.amazon.com/lambda, "Invoking Lambda function URLs", request and response payloads
 */
const Call = z.object({
  rawPath: z.string(),
  /** By their names in small letters. */
  headers: z.record(z.string(), z.string()),
  requestContext: z.object({ domainName: z.string(), http: z.object({ method: z.string() }) }),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
});
export type Call = z.output<typeof Call>;

/** @throws RemediationError `InvalidStepInput` for what no function URL sends */
export const callOf = contract(Call);

/** How long a form's body may be, encoded as it comes: a decision and a name are shorter. */
const MAX_BODY = 4_096;
const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

/** Why a form is not looked at. */
export type FormRefusal = "too large" | "no form" | "from elsewhere";

/** The fields of the page's own form. */
export function formOf(call: Call): URLSearchParams | FormRefusal {
  const { body = "", headers, isBase64Encoded = false } = call;
  if (body.length > MAX_BODY) return "too large";
  if (!FORM.test(headers["content-type"] ?? "")) return "no form";
  if (!isFromOwnPage(call)) return "from elsewhere";
  return new URLSearchParams(isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body);
}

/** Whether a browser says that the page itself sent it: one of the two headers has to, and neither may say otherwise. */
function isFromOwnPage({ headers, requestContext }: Call): boolean {
  const { origin, "sec-fetch-site": site } = headers;
  if (origin === undefined && site === undefined) return false;
  return (
    (origin === undefined || origin === `https://${requestContext.domainName}`) &&
    (site === undefined || site === "same-origin")
  );
}
