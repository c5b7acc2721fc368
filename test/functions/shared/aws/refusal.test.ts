import { inspect } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { refusalOf } from "../../../../functions/shared/aws/refusal.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("an answer that repeats the headers of a call is told without the function's credentials", () => {
  vi.stubEnv("AWS_SESSION_TOKEN", "session-secret");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "");
  const answered = Object.assign(new Error('No: {"x-amz-security-token":"session-secret"}'), {
    name: "AccessDeniedException",
    $response: { headers: { echo: "session-secret" } },
  });

  const { message, cause } = refusalOf(answered);

  expect(message).toBe('No: {"x-amz-security-token":"(credentials)"}');
  expect(cause.name).toBe("AccessDeniedException");
  expect(inspect(cause, { showHidden: true, depth: 9 })).not.toContain("session-secret");
});

test("something that is no error is told as it is", () => {
  expect(refusalOf("gone").message).toBe("gone");
});
