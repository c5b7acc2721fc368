import fc, { type Arbitrary } from "../../support/properties.ts";
import { NOTHING_RESTS } from "../../../functions/run/detection.ts";
import { describe, expect, it } from "vitest";
import { chatOf } from "../../../functions/notify/chat-form.ts";
import { failureMessage, stormMessage, workloadMessage } from "../../../functions/notify/message.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { formsOf } from "../../../functions/notify/sns.ts";
import {
  WorkloadRun,
  type CaughtError,
  type Claim,
  type Diagnosis,
  type Incident,
  type Remedy,
  type RemedyResult,
} from "../../../functions/run/contracts.ts";
import { Detection } from "../../../functions/run/detection.ts";
import { errorText } from "../../../functions/shared/caught-error.ts";
import { NotificationDocument, type Notification } from "../../../functions/notify/notification.ts";
import { bounded } from "../../../functions/shared/text.ts";
import { claimedRun, diagnosis as diagnosisOf, remedyResult } from "../../support/runs.ts";
import { HEADINGS } from "../../support/headings.ts";
import { sectionsOf } from "../../../functions/notify/sections.ts";
import { unlinked } from "../../../functions/notify/unlinked.ts";
import { hostileText, UNPRINTABLE } from "../../support/hostile.ts";

/**
 * Runs in which every text that comes from a cluster, a container or an error is hostile. What the workflow makes itself
 * is as it makes it: the cluster's name, the execution, names of reasons and causes.
 */

/** SNS takes no larger message. */
const MAX_MESSAGE = 256 * 1_024;

const number = fc.integer({ min: 0, max: 5_000 });
/** What stands for a name. */
const name = hostileText.map((text) => text.slice(0, 253));
/** What an earlier step has bounded. */
const line = (limit: number) => hostileText.map((text) => bounded(text, limit));
const texts = (maxLength: number) => fc.array(line(300), { maxLength });
/** An object with some of these fields. */
const some = <T extends object>(fields: { [Key in keyof T]: Arbitrary<T[Key]> }) =>
  fc.record(fields, { requiredKeys: [] }) as Arbitrary<Partial<T>>;

const workload = fc.record({
  kind: fc.oneof(fc.constantFrom("Deployment", "StatefulSet", "Pod"), name),
  namespace: name,
  name,
});
const failure = fc
  .tuple(fc.record({ reason: line(60), count: number }), some({ message: line(200), container: line(63) }))
  .map(([fixed, rest]) => ({ ...fixed, ...rest }));
const incident: Arbitrary<Incident> = fc.record({
  workload,
  failures: fc.array(failure, { maxLength: 4 }),
  failing_pods: number,
  sample_pods: fc.array(name, { maxLength: 3 }),
});

const revision = fc.record({
  revision: number,
  kind: fc.constant("ReplicaSet" as const),
  name,
  template: hostileText,
});
const target = fc.record({ name, uid: name });
const bounds = fc.record({ min: number, max: number });
const scale = fc.oneof(
  fc.record({ target: fc.constant("hpa" as const), name, from: bounds, to: bounds }),
  fc.record({ target: fc.constant("replicas" as const), from: number, to: number }),
);
const remedy: Arbitrary<Remedy> = fc.oneof(
  fc.record({
    action: fc.constant("none" as const),
    refusal: fc.constantFrom("NoSafeRemedy", "MayPass"),
    message: hostileText,
  }),
  fc.record({
    action: fc.constant("rollback" as const),
    before: revision,
    after: revision,
    unblocked: fc.array(target, { maxLength: 2 }),
  }),
  fc.record({ action: fc.constant("scale" as const), scale }),
);
const diagnosis: Arbitrary<Diagnosis> = fc.record({
  cause: fc.constantFrom("CrashLoop", "Unknown", "Requested"),
  confidence: fc.constantFrom("high", "low"),
  summary: hostileText,
  evidence: texts(12),
  remedy,
  rejected: fc.array(fc.record({ action: fc.constantFrom("restart", "scale"), reason: hostileText }), { maxLength: 3 }),
  undo: hostileText,
  progress_deadline_seconds: number,
});
const change = fc.oneof(
  fc.record({ kind: fc.constant("rollback" as const), before: revision, after: revision, unblocked: fc.array(target) }),
  fc.record({ kind: fc.constant("restart" as const), mode: fc.constant("evict" as const), pods: fc.array(target) }),
  fc.record({ kind: fc.constant("scale" as const), scale }),
);
const times = { wait_seconds: fc.constant(20), deadline: fc.constant("2026-06-01T12:30:00.000Z") };
const applied: Arbitrary<RemedyResult> = fc.record({
  status: fc.constantFrom("applied", "planned"),
  message: hostileText,
  change,
  ...times,
});
const verification = fc.record({
  verdict: fc.constantFrom("recovered" as const, "settling" as const, "not_recovered" as const),
  reasons: texts(5),
  wait_seconds: fc.constant(20),
  observation: fc.constant({ digest: "d", well_since: null }),
});
const claim: Arbitrary<Claim> = fc.oneof(
  fc.constant({ status: "claimed" as const, lease: "deployment.shop.web" }),
  fc.record({ status: fc.constant("refused" as const), lease: hostileText, message: hostileText }),
);
const caught: Arbitrary<CaughtError> = fc.record({
  Error: fc.oneof(
    fc.constantFrom("Forbidden", "ClusterUnreachable", "States.Runtime", "WorkloadNotFound"),
    hostileText,
  ),
  Cause: fc.oneof(
    hostileText,
    hostileText.map((errorMessage) => JSON.stringify({ errorType: "Error", errorMessage })),
  ),
});
const execution = fc.constantFrom(
  { id: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1", name: "run-1" },
  { id: "local-1", name: "local-1" },
);
const cluster_name = fc.constantFrom("prod", "a".repeat(100), "0_x");

const run: Arbitrary<WorkloadRun> = fc
  .tuple(
    fc.record({ cluster_name, dry_run: fc.boolean(), execution, incident }),
    some({
      claim,
      tries: fc.array(fc.record({ diagnosis, remedy: applied, verification }), { maxLength: 2 }),
      diagnosis,
      remedy: applied,
      verification,
      undo: fc.record({
        status: fc.constantFrom("applied" as const, "overtaken" as const),
        message: hostileText,
        ...times,
      }),
      undo_verification: fc.record({
        verdict: fc.constantFrom("undone" as const, "settling" as const, "not_undone" as const),
        reasons: texts(5),
      }),
      error: caught,
    }),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest }));

const detection = fc
  .record({ cluster_name, incidents: fc.array(incident, { maxLength: 30 }), omitted: number, storm: hostileText })
  .map((fields): Detection => ({
    status: "storm",
    dry_run: false,
    pods_seen: 1,
    workloads_seen: 1,
    failing_pods: 1,
    out_of_scope: 0,
    in_rollout: [],
    resting: NOTHING_RESTS,
    unseen: [],
    storm_seen: [],
    ...fields,
  }));

const message: Arbitrary<Notification> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(run, fc.boolean()).map(([made, lasting]) => {
      expect(WorkloadRun.safeParse(made).error).toBeUndefined();
      return workloadMessage(made, outcomeOf(made, lasting));
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(detection, execution).map(([found, where]) => {
      expect(Detection.safeParse(found).error).toBeUndefined();
      return stormMessage(found, where);
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(caught, fc.oneof(cluster_name, fc.constant("(not named)")), execution)
      .map(([error, name, where]) => failureMessage({ name: error.Error, text: errorText(error) }, name, where)),
  },
);

/** Holds every message that is made of such a run to what the callback expects of it. */
function every(expectation: (message: Notification) => void): void {
  fc.assert(fc.property(message, expectation), { numRuns: 500 });
}

describe("a notification, of whatever happened,", () => {
  it("has exactly the headings that it has sections for, and no other line that could be one", () => {
    every(({ text, document }) => {
      const sections = sectionsOf(document);
      const [title, blank, summary, ...rest] = text.split("\n");
      const headings = rest.filter((line) => HEADINGS.some((heading) => line === `${heading}:`));
      const others = rest.filter((line) => line !== "" && !headings.includes(line) && !line.startsWith("- "));

      expect(headings).toEqual(sections.map(({ heading }) => `${heading}:`));
      expect(rest.filter((line) => line.startsWith("- "))).toHaveLength(
        sections.reduce((sum, { lines }) => sum + lines.length, 0),
      );
      expect(others).toEqual([expect.stringMatching(/^Execution: (local-1|https:)/)]);
      expect([title, blank, summary]).toEqual([expect.stringMatching(/^.{1,500}$/u), "", unlinked(document.what)]);
      for (const line of text.split("\n")) expect(line).not.toMatch(UNPRINTABLE);
    });
  });

  it("has no address to follow but that of its execution", () => {
    every(({ text, document, subject }) => {
      const chat = JSON.stringify(chatOf(document, subject));
      for (const form of [text, chat]) {
        const own = document.execution.console_url ?? "no address";
        expect(form.replace(own, "")).not.toMatch(/:\/\/|\bwww\.|\bmailto:|\bjavascript:/i);
      }
    });
  });

  it("has a subject of 1 to 100 printable ASCII characters, and attributes that say something", () => {
    every(({ subject, attributes }) => {
      expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
      for (const value of Object.values(attributes)) {
        expect(value).toMatch(/^.{1,256}$/u);
        expect(value).not.toMatch(UNPRINTABLE);
      }
    });
  });

  it("is a document that fits its contract, and small enough for SNS in all its forms together", () => {
    every((made) => {
      expect(NotificationDocument.safeParse(made.document).error).toBeUndefined();
      for (const chat of [true, false]) {
        const forms = formsOf(made, chat);
        const machine = NotificationDocument.parse(JSON.parse(forms["sqs"] ?? ""));
        expect(machine).toMatchObject({ outcome: made.document.outcome, summary: made.document.summary });
        expect(machine.reason ?? "").toMatch(/^.{0,100}$/u);
        expect(machine.commands).toEqual(made.document.commands);
        expect(Buffer.byteLength(JSON.stringify(forms))).toBeLessThan(MAX_MESSAGE);
      }
    });
  });

  it("keeps its exact change for machines, unless SNS would not take it then", () => {
    const pods = (uid: string) => Array.from({ length: 50 }, (_, index) => ({ name: `web-${index}`, uid }));
    const sent = (uid: string) => {
      const done = remedyResult({ change: { kind: "restart", mode: "evict", pods: pods(uid) } });
      const made = claimedRun({ diagnosis: diagnosisOf(), remedy: done });
      return NotificationDocument.parse(
        JSON.parse(formsOf(workloadMessage(made, outcomeOf(made, false)), true)["sqs"] ?? ""),
      );
    };

    expect(sent("uid").change).toEqual({ kind: "restart", mode: "evict", pods: pods("uid") });
    expect(sent("uid".repeat(1_000))).not.toHaveProperty("change");
  });

  it("shows no link, mention or formatting in a chat but the workflow's own", () => {
    every(({ document, subject }) => {
      const { content, metadata } = chatOf(document, subject);
      const body = content.description
        .split("\n")
        .filter((line) => !HEADINGS.some((heading) => line === `*${heading}*`));
      const shown = [
        ...body.filter((line) => line !== document.execution.console_url),
        content.title,
        ...(content.nextSteps ?? []),
        ...content.keywords,
        metadata.summary,
        metadata.threadId,
        ...metadata.relatedResources,
      ];
      for (const text of shown)
        expect(text.replaceAll("_", metadata.threadId.startsWith("0_x") ? "" : "_")).not.toMatch(
          /[<>@*`~[\]]|_(?=\S*_)/,
        );
      expect(content.description.length).toBeLessThanOrEqual(8_000);
    });
  });

  it("holds no command with more in it than a plain name", () => {
    every(({ document }) => {
      for (const command of document.commands) expect(command).toMatch(/^(kubectl|aws|npx) [-\w ./=,:?[\]'"{}]+$/);
      expect(document.commands.join("\n")).not.toMatch(/rm |reboot|--all(?!-containers)|\(not named\)/);
    });
  });
});
