import { expect, it } from "vitest";
import { unlinked } from "../../../functions/notify/unlinked.ts";

it.each([
  ["see https://example.com/login", "see https[:]//example.com/login"],
  ["HTTP://example.com", "HTTP[:]//example.com"],
  ["slack://open?team=1", "slack[:]//open?team=1"],
  ["go to www.example.com", "go to www[.]example.com"],
  ["write to mailto:root@example.com", "write to mailto[:]root@example.com"],
  [
    "back-off pulling image registry.example.com/team/web:1.2",
    "back-off pulling image registry.example.com/team/web:1.2",
  ],
  ["dial tcp 10.0.0.1:5432: connection refused", "dial tcp 10.0.0.1:5432: connection refused"],
])("%j becomes %j", (text, expected) => {
  expect(unlinked(text)).toBe(expected);
});
