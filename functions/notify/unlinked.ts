/**
 * Text in which no mail or chat client finds an address to make clickable: what containers and objects say stands in it, and
 * whoever writes that must not lead readers anywhere. It stays readable: `https[:]//example.com/login`.
 * @param own an address of the workflow's own, which stays as it is
 */
export function unlinked(text: string, own?: string): string {
  if (own !== undefined)
    return text
      .split(own)
      .map((part) => unlinked(part))
      .join(own);
  return text
    .replace(/:(?=\/\/)/g, "[:]")
    .replace(/\b(mailto|javascript):/gi, "$1[:]")
    .replace(/\bwww\./gi, "www[.]");
}
