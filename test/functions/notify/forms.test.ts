import { describe, expect, it } from "vitest";
import { chatOf } from "../../../functions/notify/chat-form.ts";
import { consoleLink } from "../../../functions/run/console-link.ts";
import { workloadMessage } from "../../../functions/notify/message.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { formsOf } from "../../../functions/notify/sns.ts";
import { NotificationDocument } from "../../../functions/notify/notification.ts";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { incident, WEB } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const told = (run: WorkloadRun) => workloadMessage(run, outcomeOf(run, false));

const change = {
  kind: "rollback",
  before: { revision: 7, kind: "ReplicaSet", name: "web-7", template: "b" },
  after: { revision: 6, kind: "ReplicaSet", name: "web-6", template: "a" },
  unblocked: [],
} as const;

const recovered = claimedRun({
  diagnosis: diagnosis(),
  remedy: remedyResult({ change: { ...change, unblocked: [] } }),
  verification: {
    verdict: "recovered",
    reasons: [],
    wait_seconds: 1,
    observation: { digest: "d", well_since: "2026-06-01T12:00:00.000Z" },
  },
  incident: incident({ sample_pods: ["web-7-abc"] }),
});

const refused = claimedRun({
  diagnosis: diagnosis({ remedy: { action: "none", refusal: "NoSafeRemedy", message: "Look at it." } }),
});

const crash = (more: { restarts?: number }) => ({ reason: "CrashLoopBackOff", exit_code: 1, count: 1, ...more });

describe("the form for machines", () => {
  it("has every field that the text has, and the change exactly", () => {
    const { document } = told(recovered);

    expect(NotificationDocument.parse(document)).toEqual(document);
    expect(document).toMatchObject({
      version: 1,
      outcome: "Recovered",
      cluster_name: "prod",
      workload: WEB,
      cause: "CrashLoopAfterRollout",
      action: "rollback",
      needs_person: false,
      changed: ["Deployment shop/web: pod template of revision 7 replaced by that of revision 6"],
      change,
      verified: "yes: it is well, and stayed so for the whole soak time",
      execution: { id: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1" },
    });
  });

  it("says that nothing is changed any more once the remedy is undone", () => {
    const undo = {
      status: "applied",
      message: "Undone.",
      wait_seconds: 1,
      deadline: "2026-06-01T12:30:00.000Z",
    } as const;
    const { document } = told({
      ...recovered,
      verification: { ...recovered.verification, verdict: "not_recovered", reasons: ["no"] } as never,
      undo,
      undo_verification: { verdict: "undone", reasons: [] },
    });

    expect(document).toMatchObject({ outcome: "RolledBack", changed: [], verified: "yes: it is as it was before" });
  });

  it.each([
    [
      "new replicas",
      { change: { kind: "scale", scale: { target: "replicas", from: 2, to: 4 } } },
      "kubectl -n shop scale deployment/web --replicas=2",
    ],
    [
      "an HPA's bounds",
      {
        change: {
          kind: "scale",
          scale: { target: "hpa", name: "web", from: { min: 1, max: 3 }, to: { min: 1, max: 5 } },
        },
      },
      `kubectl -n shop patch hpa web -p '{"spec":{"minReplicas":1,"maxReplicas":3}}'`,
    ],
  ])("ends with the command that takes %s back", (_what, remedy, command) => {
    expect(told({ ...recovered, remedy: remedyResult(remedy as never) }).document.commands.at(-1)).toBe(command);
  });

  it("ends with the command that takes a rollback back where somebody had asked for it, and nowhere else", () => {
    const remedy = remedyResult({ change: { ...change, unblocked: [] } });
    const undo = "kubectl -n shop rollout undo deployment/web --to-revision=7";
    const asked = incident({ requested: { action: "rollback", revision: 3 } });

    expect(told({ ...recovered, remedy, incident: asked }).document.commands.at(-1)).toBe(undo);
    expect(told({ ...recovered, remedy }).document.commands).not.toContain(undo);
  });

  it("asks nobody why a restart was needed who had asked for it", () => {
    const pods = [{ name: "web-1", uid: "1" }];
    const remedy = remedyResult({ change: { kind: "restart", mode: "evict", pods } });
    const asked = incident({ requested: { action: "restart", pod: "web-1" } });

    expect(told({ ...recovered, remedy }).document.next_steps.join()).toMatch(/^Find out why it was needed/);
    expect(told({ ...recovered, remedy, incident: asked }).document.next_steps).toEqual([]);
  });

  it.each<[string, string[], Parameters<typeof incident>[0], Partial<WorkloadRun>]>([
    ["of a crashed container's run before", ["--previous"], { failures: [crash({ restarts: 2 })] }, {}],
    ["of a container that ended for good", [""], { failures: [crash({})] }, {}],
    ["of no container that never ran", [], { failures: [{ reason: "ImagePullBackOff", count: 1 }] }, {}],
    ["of no pod on a node that is lost", [], { failures: [crash({}), { reason: "NodeLost", count: 1 }] }, {}],
    ["of no pod that was replaced", [], { failures: [crash({ restarts: 2 })] }, { remedy: recovered.remedy }],
  ])("offers the log %s", (_which, flags, of, run) => {
    const { document } = told({ ...refused, incident: incident({ sample_pods: ["web-1"], ...of }), ...run });
    const logs = document.commands.filter((command) => command.includes(" logs "));

    expect(logs).toEqual(flags.map((flag) => `kubectl -n shop logs web-1 --all-containers ${flag}`.trim()));
  });

  it("holds no command with a name that a shell could read otherwise", () => {
    const workload = { ...WEB, name: "web; rm -rf /" };
    const { document } = told({ ...recovered, incident: incident({ workload, sample_pods: ["$(reboot)"] }) });

    expect(document.commands.join("\n")).not.toMatch(/rm|reboot/);
    expect(document.commands).toContain("kubectl -n shop get pods");
  });
});

describe("a text that holds a line break of its own", () => {
  it("stands in one line, in the text and in each field", () => {
    const run = { ...recovered, cluster_name: "a\u2029b", diagnosis: diagnosis({ cause: "x\u2029Evidence:\nmore" }) };
    const { document, text } = told(run);

    expect(document).toMatchObject({ cluster_name: "a b", cause: "x Evidence: more" });
    expect(text).toContain("\n- cause: x Evidence: more (confidence");
  });
});

describe("the message that each subscriber gets", () => {
  const forms = (chat: boolean) => formsOf(told(recovered), chat);

  it("is text by e-mail, one line by SMS, and JSON for queues, functions and web hooks", () => {
    const { default: usual, email, sms, ...machines } = forms(false);

    expect(usual).toMatch(/^Recovered: Deployment shop\/web on cluster prod\n/);
    expect(email).toBe(usual);
    expect(sms).toBe("[prod] Recovered: Deployment shop/web");
    for (const text of Object.values(machines)) expect(JSON.parse(text)).toMatchObject({ version: 1 });
    expect(Object.keys(machines).sort()).toEqual(["firehose", "http", "https", "lambda", "sqs"]);
  });

  it("is a custom notification over https where a chat application subscribes", () => {
    expect(JSON.parse(forms(true)["https"] ?? "")).toMatchObject({ version: "1.0", source: "custom" });
    expect(forms(true)["sqs"]).toBe(forms(false)["sqs"]);
  });

  it.each([
    [
      "names",
      { cluster_name: "c".repeat(20_000), incident: incident({ workload: { ...WEB, name: "w".repeat(20_000) } }) },
    ],
    ["names that print as more bytes", { incident: incident({ workload: { ...WEB, name: "ᎀ".repeat(20_000) } }) }],
    ["evidence", { diagnosis: diagnosis({ evidence: Array.from({ length: 400 }, () => "ᎀ".repeat(600)) }) }],
    ["a cause", { diagnosis: diagnosis({ cause: "x".repeat(40_000) }) }],
  ])("fits into what SNS takes, whatever %s the run has, and says the same in short", (_what, odd) => {
    const notification = told({ ...recovered, ...odd });

    for (const chat of [true, false]) {
      const short = formsOf(notification, chat);
      expect(Buffer.byteLength(JSON.stringify(short))).toBeLessThan(256 * 1_024);
      expect(NotificationDocument.parse(JSON.parse(short["sqs"] ?? ""))).toMatchObject({ outcome: "Recovered" });
      expect(short["email"]).toContain(notification.document.summary);
      expect(short["email"]?.split("\n")[0]).toBe(notification.text.split("\n")[0]);
    }
  });
});

describe("the form for chat applications", () => {
  it("puts all that is about one workload into one thread, and keeps chat markup out", () => {
    const noisy = diagnosis({ summary: "1 pod <https://evil|crashes> @channel *now*", evidence: ["`x`"] });
    const chat = chatOf(told({ ...recovered, diagnosis: noisy }).document, "Recovered");

    expect(chat.metadata.threadId).toBe("prod/Deployment/shop/web");
    expect(chat.content.description).toContain("1 pod &lt;https : //evil|crashes&gt; (at)channel  now");
    expect(chat.content.description).not.toMatch(/[`@]|<http/);
    expect(chat.content.keywords).toEqual(["Recovered", "CrashLoopAfterRollout", "prod"]);
  });
});

describe("the link to the console", () => {
  it.each([
    [
      "arn:aws:states:eu-west-1:123456789012:execution:w:run",
      "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/arn:aws:states:eu-west-1:123456789012:execution:w:run",
    ],
    ["arn:aws-cn:states:cn-north-1:123456789012:execution:w:run", "https://cn-north-1.console.amazonaws.cn/"],
    [
      "arn:aws-us-gov:states:us-gov-west-1:123456789012:execution:w:run",
      "https://us-gov-west-1.console.amazonaws-us-gov.com/",
    ],
  ])("of %s leads to its partition and region", (arn, link) => {
    expect(consoleLink(arn)).toContain(link);
  });

  it.each([
    "local-run",
    "arn:aws:states:local:000000000000:execution:remediation:run",
    "arn:aws:states:eu-west-1:123456789012:execution:w:run\nEvil: x",
  ])("does not exist for %j", (id) => {
    expect(consoleLink(id)).toBeUndefined();
  });
});
