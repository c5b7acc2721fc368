import { describe, expect, it } from "vitest";
import { failureLines } from "../../../functions/facts/failure-lines.ts";
import { failure } from "../../../functions/shared/kubernetes/failures.ts";

const crash = (
  pod: string,
  message = `back-off 40s restarting failed container=web pod=${pod}_shop(uid-of-${pod})`,
) => ({
  pod: { metadata: { name: pod } },
  failures: [failure({ reason: "CrashLoopBackOff", container: "web", exitCode: 1, message })],
});

describe("failureLines", () => {
  it("tells of ten pods that wait for their next start once", () => {
    const pods = Array.from({ length: 10 }, (_, index) => crash(`web-${index}`));
    expect(failureLines(pods)).toEqual(["10 pods: CrashLoopBackOff in container web (exit code 1)"]);
  });

  it("keeps what the kubelet says of a single pod's back-off", () => {
    expect(failureLines([crash("web-0")])).toEqual([
      "CrashLoopBackOff in container web (exit code 1): back-off 40s restarting failed container=web pod=web-0_shop(uid-of-web-0)",
    ]);
  });

  it("tells the four most frequent failures, and how many more there are", () => {
    const pods = ["a", "b", "c", "d", "e", "f"].map((word) => crash(`web-${word}`, `no ${word}`));
    const lines = failureLines([...pods, crash("web-x", "no f")]);
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe("2 pods: CrashLoopBackOff in container web (exit code 1): no f");
    expect(lines[4]).toBe("and 2 further failures of other words");
  });

  it("does not take two Jobs that have failed alike for two pods", () => {
    const jobs = [1, 2].map(() => failure({ reason: "BackoffLimitExceeded", message: "reached the limit" }));
    expect(failureLines([], jobs)).toEqual(["BackoffLimitExceeded: reached the limit"]);
  });
});
