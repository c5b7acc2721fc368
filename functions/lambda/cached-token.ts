/** A bearer token, and when the credentials that it was made with end; undefined when they do not. */
export interface MadeToken {
  token: string;
  credentialsExpiration?: Date | undefined;
}

/** The authenticator accepts a token for 15 minutes; a minute is left for requests under way. */
const TOKEN_SECONDS = 14 * 60;
/** STS refuses a token whose credentials have ended, however young it is; the same minute is left. */
const CREDENTIALS_MARGIN_SECONDS = 60;

/**
 * Makes a new token only when the last one is about to end. Calls that come while one is made wait for that one; a
 * failure is told to all of them, and not kept.
 */
export function cachedToken(
  create: (now: Date) => Promise<MadeToken>,
  clock: () => Date = () => new Date(),
): () => Promise<string> {
  let last: { token: string; until: number } | undefined;
  let underWay: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    const now = clock();
    const { token, credentialsExpiration } = await create(now);
    const tokenEnd = now.getTime() + TOKEN_SECONDS * 1_000;
    const credentialsEnd = (credentialsExpiration?.getTime() ?? Infinity) - CREDENTIALS_MARGIN_SECONDS * 1_000;
    last = { token, until: Math.min(tokenEnd, credentialsEnd) };
    return token;
  };

  return async () => {
    if (last !== undefined && clock().getTime() < last.until) return last.token;
    underWay ??= renew().finally(() => (underWay = undefined));
    return await underWay;
  };
}
