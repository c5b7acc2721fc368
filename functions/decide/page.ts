import { createHash } from "node:crypto";
import { withEntities } from "../shared/html.ts";

/** An answer of the function, as its URL sends it on. */
export interface Page {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** Text that was made fit to stand in a page. */
export type Html = string & { readonly made: "html" };

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --ground: #ffffff; --line: #8c959f; --yes: #116329; --no: #8a1f11; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #9da7b3; --ground: #0d1117; --line: #6e7681; --yes: #1a7f37; --no: #b62324; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
dt { color: var(--soft); margin-top: 0.75rem; }
dd { margin: 0; }
dd.would { font-weight: 600; }
label { display: block; margin-top: 1.5rem; }
.hint { color: var(--soft); margin: 0.25rem 0 0; }
input { width: 100%; padding: 0.5rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 0.25rem; }
.buttons { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.25rem; }
button { flex: 1 1 8rem; min-height: 3rem; font: inherit; font-weight: 600; color: #ffffff; border: 0; border-radius: 0.25rem; cursor: pointer; }
.approve { background: var(--yes); }
.decline { background: var(--no); }
a { color: inherit; }
:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
`;

/**
 * Nothing is loaded, run, framed, kept or told to anybody else. The referrer is kept from all other sites; to the page itself it
 * goes, as a browser otherwise would not say either that the form comes from there.
 * Source: the Fetch standard, "append a request `Origin` header"
 */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-robots-tag": "noindex",
};

/** A template of a page: what is put into it is text, unless it was made by such a template itself. */
export function markup(parts: TemplateStringsArray, ...values: (string | Html[])[]): Html {
  const written = values.map((value) => (typeof value === "string" ? withEntities(value) : value.join("\n")));
  return parts.map((part, index) => `${part}${written[index] ?? ""}`).join("") as Html;
}

/** A whole page with one heading. */
export function page(statusCode: number, heading: string, content: Html[], headers: Record<string, string> = {}): Page {
  const body = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${heading}</title>
        ${[`<style>${STYLE}</style>` as Html]}
      </head>
      <body>
        <main>
          <h1>${heading}</h1>
          ${content}
        </main>
      </body>
    </html> `;
  return { statusCode, headers: { ...HEADERS, ...headers }, body };
}
