/** What stands where a credential stood. */
export const HIDDEN = "[hidden]";

/** How a setting that is secret is called, as the last part of its name: `DB_PASSWORD`, `api-key`, `client.secret`. */
const SECRET_NAMES =
  "(?:pass(?:word|wd|phrase)?|pwd|secrets?|tokens?|credentials?|api[-_.]?keys?|access[-_.]?keys?|private[-_.]?keys?|account[-_.]?keys?|auth(?:orization)?|signature|sig|cookie|session[-_.]?id|dsn|connection[-_.]?strings?)";

/** A value: quoted, or up to the next separator. */
const VALUE = String.raw`(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"',;&}\]]+)`;

/**
 * What looks like a credential, and what is left of it. The order matters: a whole header goes before its parts.
 * Sources of the forms: RFC 7468 (PEM), RFC 7519 (JWT), RFC 6750 (bearer tokens), RFC 3986 (user information), and the
 * token formats that AWS, GitHub, GitLab, Google, Slack and Stripe document.
 */
const FORMS: readonly [RegExp, string][] = [
  [/-----BEGIN [^-\n]*(?:KEY|CERTIFICATE)[^-\n]*-----[\s\S]*?(?:-----END [^-\n]*-----|$)/g, HIDDEN],
  // A block whose beginning was cut off.
  [/^[\s\S]*?-----END [^-\n]*(?:KEY|CERTIFICATE)[^-\n]*-----/g, HIDDEN],
  [/\b(Bearer|Basic|Digest|Negotiate|AWS4-HMAC-SHA256)\s+[^\s"',][^\n"']*/gi, `$1 ${HIDDEN}`],
  [/([a-z][\w+.-]{0,30}:\/\/)[^\s/@:"']*:[^\s/"']*@/gi, `$1${HIDDEN}@`],
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, HIDDEN],
  [/\bk8s-aws-v1\.[\w-]+/g, HIDDEN],
  [/\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{12,}\b/g, HIDDEN],
  [
    /\b(?:gh[opsur]_|github_pat_|glpat-|xox[abeoprs]-|[rs]k_(?:live|test)_|AIza|ya29\.|npm_|dop_v1_|hvs\.)[\w.-]{10,}/g,
    HIDDEN,
  ],
  [
    new RegExp(String.raw`((?:^|[^a-z])["']?[\w.-]{0,60}${SECRET_NAMES}["']?\s*(?:[:=]|=>)\s*)${VALUE}`, "gi"),
    `$1${HIDDEN}`,
  ],
  [new RegExp(String.raw`(--?[\w-]{0,60}${SECRET_NAMES}\s+)${VALUE}`, "gi"), `$1${HIDDEN}`],
  // The user and password of curl and its like, and the password of mysql: options of one letter.
  [
    new RegExp(
      String.raw`((?:^|\s)(?:-u|--user|--proxy-user)(?:\s+|=)?["']?[^\s:"'\d-][^\s:"']*:)[^\s"'/][^\s"']*`,
      "g",
    ),
    `$1${HIDDEN}`,
  ],
  [/(\b(?:mysql(?:dump|admin|import)?|mariadb(?:-\w+)?)\s[^\n]*?-p)(?=[^\s])["']?[^\s"']+/g, `$1${HIDDEN}`],
  // Long runs without a space that hold letters and digits are keys and hashes more often than words.
  [/(?<![\w/+=-])(?=[\w/+=-]*\d)(?=[\w/+=-]*[a-z])(?=[\w/+=-]*[A-Z])[A-Za-z0-9+/_-]{32,}={0,2}(?![\w/+=-])/g, HIDDEN],
  [/\b[0-9a-f]{40,}\b/gi, HIDDEN],
];

/**
 * The text without what looks like a credential: private keys, tokens, passwords in URLs, and the values of settings that
 * are called like a secret. It errs on the side of hiding too much. A secret that looks like an ordinary word stays.
 */
export function withoutSecrets(text: string): string {
  return FORMS.reduce((left, [form, instead]) => left.replace(form, instead), text);
}
