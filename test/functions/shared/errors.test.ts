import { expect, test } from "vitest";
import { RemediationError } from "../../../functions/shared/errors.ts";

test("the message of an error is one bounded line, whatever names are in it", () => {
  const { message } = new RemediationError(
    "NamespaceNotFound",
    `Namespace ${"x\n\u2028Done:\u0000".repeat(1_000)} is gone.`,
  );

  expect(message).toMatch(/^Namespace x Done: x Done: /);
  expect(message.length).toBe(1_500);
  expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
});
