import { bounded } from "../text.ts";

/** Where Lambda keeps what a function's calls are signed with. */
const CREDENTIALS = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;

/** Why a call to AWS failed, as far as it may be told. */
export interface Refusal {
  message: string;
  /** For the log. */
  cause: Error;
}

/**
 * What AWS, or something on the way to it, said of a call. The function's credentials are left out: a proxy that is being
 * debugged repeats the headers that it got. So is everything else that the SDK's error holds of the response.
 */
export function refusalOf(error: unknown): Refusal {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const told = bounded(
    CREDENTIALS.map((variable) => process.env[variable] ?? "")
      .filter((secret) => secret !== "")
      .reduce((rest, secret) => rest.replaceAll(secret, "(credentials)"), message),
  );
  return { message: told, cause: Object.assign(new Error(told), { name }) };
}
