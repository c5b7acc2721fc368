import { describe, expect, it } from "vitest";
import { chatOf } from "../../../functions/notify/chat-form.ts";
import { consoleLink } from "../../../functions/run/console-link.ts";
import { workloadMessage } from "../../../functions/notify/message.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { formsOf } from "../../../functions/notify/sns.ts";
import { NotificationDocument } from "../../../functions/notify/notification.ts";
import type { Diagnosis, WorkloadRun } from "../../../functions/run/contracts.ts";
import type { Sight } from "../../../functions/run/sight.ts";
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

const LOG = { pod: "web-1", container: "app", previous: false };

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
      "kubectl --context prod -n shop scale deployment/web --replicas=2",
    ],
    [
      "an HPA's bounds",
      {
        change: {
          kind: "scale",
          scale: { target: "hpa", name: "web", from: { min: 1, max: 3 }, to: { min: 1, max: 5 } },
        },
      },
      `kubectl --context prod -n shop patch hpa web -p '{"spec":{"minReplicas":1,"maxReplicas":3}}'`,
    ],
  ])("has the command that takes %s back apart from those that only look", (_what, remedy, command) => {
    const plan = { ...(remedy.change as object), action: "scale" };
    const { commands, take_back } = told({
      ...recovered,
      diagnosis: diagnosis({ remedy: plan as never }),
      remedy: remedyResult(remedy as never),
    }).document;

    expect(take_back).toEqual([command]);
    expect(commands).not.toContain(command);
  });

  it("has the command that takes a rollback back where somebody had asked for it of what was well, and nowhere else", () => {
    const remedy = remedyResult({ change: { ...change, unblocked: [] } });
    const undo = "kubectl --context prod -n shop rollout undo deployment/web --to-revision=7";
    const asked = incident({ requested: { action: "rollback", revision: 3 }, failures: [], failing_pods: 0 });
    const before = (ready: number) => diagnosis({ sight: { at: "2026-06-01T12:00:00.000Z", ready, wanted: 2 } });
    const takenBack = (run: Partial<WorkloadRun>) => told({ ...recovered, remedy, ...run }).document.take_back;

    expect(takenBack({ incident: asked, diagnosis: before(2) })).toEqual([undo]);
    expect(takenBack({ incident: asked, diagnosis: before(1) })).toEqual([]);
    expect(takenBack({ incident: asked })).toEqual([]);
    expect(takenBack({ diagnosis: before(2) })).toEqual([]);
  });

  it("asks nobody why a restart was needed who had asked for it", () => {
    const pods = [{ name: "web-1", uid: "1" }];
    const remedy = remedyResult({ change: { kind: "restart", mode: "evict", pods } });
    const asked = incident({ requested: { action: "restart", pod: "web-1" } });

    expect(told({ ...recovered, remedy }).document.next_steps.join()).toMatch(/^Find out why it was needed/);
    expect(told({ ...recovered, remedy, incident: asked }).document.next_steps).toEqual([]);
  });

  it.each<[string, string[], Sight["log"], Partial<WorkloadRun>]>([
    ["of a container's run before", ["-c app --previous"], { ...LOG, previous: true }, {}],
    ["of a container that runs, or ended once", ["-c app"], LOG, {}],
    ["of no container that never ran", [], undefined, {}],
    ["of no pod that was replaced", [], LOG, { remedy: recovered.remedy }],
  ])("offers the log %s", (_which, flags, log, run) => {
    const sight = { at: "2026-06-01T12:00:00.000Z", pod: "web-1", ...(log === undefined ? {} : { log }) };
    const { document } = told({ ...refused, diagnosis: { ...refused.diagnosis, sight } as Diagnosis, ...run });
    const logs = document.commands.filter((command) => command.includes(" logs "));

    expect(logs).toEqual(flags.map((flag) => `kubectl --context prod -n shop logs web-1 ${flag}`));
  });

  it("holds no command with a name that a shell could read otherwise", () => {
    const workload = { ...WEB, name: "web; rm -rf /" };
    const { document } = told({ ...recovered, incident: incident({ workload, sample_pods: ["$(reboot)"] }) });

    expect(document.commands.join("\n")).not.toMatch(/rm|reboot/);
    expect(document.commands).toContain("kubectl --context prod -n shop get pods");
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

    expect(usual).toMatch(/^Fixed: Deployment shop\/web on cluster prod\n/);
    expect(email).toBe(usual);
    expect(sms).toBe("[prod] Fixed: Deployment shop/web");
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
  it("begins with the cluster, without the brackets that chat clients read as their own", () => {
    const { document, subject } = told(refused);
    expect(subject).toBe("[prod] Needs you: Deployment shop/web");
    expect(chatOf(document, subject).content.title).toBe("prod: Needs you: Deployment shop/web");
  });

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
