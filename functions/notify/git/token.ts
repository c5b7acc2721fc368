import * as z from "zod";
import { RemediationError } from "../../shared/errors.ts";
import { parsedAs } from "../../shared/parsed.ts";

const Json = z.object({ token: z.string() });
/** What can stand in a header, and be a secret. */
const TOKEN = /^[\x21-\x7e]{8,4000}$/;

/**
 * The token that a secret holds: as it is, or as `{"token": "…"}`. Nothing of it is in the error.
 * @throws RemediationError `DeliveryRefused`
 */
export function tokenIn(secret: string): string {
  const text = secret.trim();
  const token = text.startsWith("{") ? parsedAs(Json, text)?.token.trim() : text;
  if (token === undefined || !TOKEN.test(token)) {
    throw new RemediationError(
      "DeliveryRefused",
      'What the secret holds is no token of 8 characters or more, as it is or as {"token": "…"}, so nothing is sent. Put that into the secret.',
    );
  }
  return token;
}
