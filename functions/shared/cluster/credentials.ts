/** What a server says of a request that it refuses; a proxy on the way may repeat the headers that it got. */
export function withoutCredentials(text: string, credentials: Record<string, string>): string {
  return Object.values(credentials)
    .flatMap((value) => [value, value.replace(/^\S+\s+/, "")])
    .filter((secret) => secret !== "")
    .reduce((rest, secret) => rest.replaceAll(secret, "(credentials)"), text);
}
