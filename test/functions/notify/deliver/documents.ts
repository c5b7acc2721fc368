import type { NotificationDocument } from "../../../../functions/notify/notification.ts";

/** What is told of a workload that is down and that nobody may fix by itself. */
export function document(overrides: Partial<NotificationDocument> = {}): NotificationDocument {
  return {
    ...{ version: 1, outcome: "Skipped", cluster_name: "prod", cause: "CrashLoop", action: "none" },
    ...{ workload: { kind: "Deployment", namespace: "shop", name: "web" }, asked_by: "found", standing: "down" },
    ...{ reason: "NoSafeRemedy", summary: "2 pods crash. Look at it.", headline: "Needs you", what: "2 pods crash." },
    ...{ status: ["0 of 2 ready: it is down, as of 2026-06-01T12:00:00Z"], needs_person: true, dry_run: false },
    ...{ found: ["2x CrashLoopBackOff"], evidence: ["it never ran well"], last_words: [], differences: [] },
    ...{ done: [], changed: [], verified: "nothing was done", not_done: [], next_steps: ["Look at it."] },
    ...{ commands: ["kubectl -n shop describe deployment web"], take_back: [], hands_off: [], hand_back: [] },
    execution: {
      id: "run-1",
      console_url: "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/run-1",
    },
    ...overrides,
  };
}

/** A message of the topic, as Lambda gets it. */
export function sns(message: unknown): object {
  const text = typeof message === "string" ? message : JSON.stringify(message);
  return {
    Records: [{ EventSource: "aws:sns", Sns: { MessageId: "1", Message: text, Timestamp: "2026-06-01T12:00:00Z" } }],
  };
}
