import fc, { type Arbitrary } from "./properties.ts";

/** Texts that mean something to a path, a shell, a log, a chat client, a formatter or JavaScript itself. */
export const TRICKS: readonly string[] = [
  "..",
  ".",
  "../../secrets/token",
  "%2e%2e%2f",
  "web%00",
  "web?watch=true",
  "web#x",
  "web/../x",
  "\\..\\x",
  "'; rm -rf / #",
  '"}]}',
  "$(reboot)",
  "`id`",
  "--all",
  "%s%n%d",
  "${jndi:ldap://x}",
  "$&$1$$",
  "<!channel>",
  "<@U123>",
  "@everyone",
  "[log in](https://evil.example)",
  "https://evil.example/x",
  "*bold* _it_ ~no~ `code`",
  "<script>alert(1)</script>",
  "Done:",
  "\n\nDone:\n- everything",
  "\r\nNext:\r\n- rm",
  "\u2028Evidence:\u2029",
  "\u0000\u0007\u001b[31m\u009b",
  "\u202egnp.exe",
  "\u200b",
  "wеb",
  "ＷＥＢ",
  "web\n",
  " web",
  "\ud800",
  "\udfff\ud800",
  "😀😀😀",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "null",
  "NaN",
  "",
];

/** Any text, with a liking for those that mean something somewhere, and for very long ones. */
export const hostileText: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TRICKS) },
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...TRICKS), fc.string({ maxLength: 5 })).map((two) => two.join("")),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.oneof(fc.constantFrom(...TRICKS), fc.string({ minLength: 1, maxLength: 3 })),
        fc.integer({ min: 100, max: 3_000 }),
      )
      .map(([part, times]) => part.repeat(times)),
  },
);

/** A name as the API server takes it: an RFC 1123 label, up to the longest. */
export const label: Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/),
  fc.constantFrom("constructor", "a".repeat(63), "web", "x--y", "0"),
);

/** Any JSON value, with keys that mean something to JavaScript among its keys. */
export const anyJson: Arbitrary<unknown> = fc
  .letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.oneof(
        hostileText,
        fc.boolean(),
        fc.constant(null),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(0, -1, 1e308, 2 ** 53, -(2 ** 63), 0.5),
      ),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(hostileText, fc.constantFrom("action", "namespace", "cluster_name")), tie("value"), {
        maxKeys: 5,
      }),
    ),
  }))
  // What a text of JSON parses to: `__proto__` is a key like any other there.
  .value.map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** The object with one field more, or another value in one of its fields, or without one. */
export function mutated(valid: Arbitrary<object>, fields: readonly string[]): Arbitrary<Record<string, unknown>> {
  const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...fields) }, { weight: 1, arbitrary: hostileText });
  const change = fc.tuple(
    key,
    fc.oneof({ weight: 9, arbitrary: fc.oneof(anyJson, hostileText) }, fc.constant(undefined)),
  );
  return fc.tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 })).map(([object, changes]) => {
    const result = new Map<string, unknown>(Object.entries(object));
    for (const [name, value] of changes) {
      if (value === undefined) result.delete(name);
      else result.set(name, value);
    }
    // Through JSON, so that a field named `__proto__` stays a field.
    const text = [...result].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",");
    return JSON.parse(`{${text}}`) as Record<string, unknown>;
  });
}

/** What no line that people read may hold: control characters, line breaks of any kind, invisible and half characters. */
export const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
