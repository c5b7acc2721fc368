/**
 * Text in which no mail or chat client finds an address to make clickable: what containers and objects say stands in it, and
 * whoever writes that must not lead readers anywhere. It stays readable: `https[:]//example.com/login`.
 */
export function unlinked(text: string): string {
  return text
    .replace(/:(?=\/\/)/g, "[:]")
    .replace(/\b(mailto|javascript):/gi, "$1[:]")
    .replace(/\bwww\./gi, "www[.]");
}
