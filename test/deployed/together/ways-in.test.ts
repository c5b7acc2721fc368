import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { describe, inject } from "vitest";
import { alarmEvent, alertsMessage } from "../../functions/ways-in/messages.ts";
import { CLUSTER_NAME } from "../cloud.ts";
import { it } from "../deployed.ts";
import { allExecutions, ended } from "../executions.ts";

const events = new EventBridgeClient({});
const sns = new SNSClient({});

/** What the executions were asked for that something else than the schedule has started in a namespace. */
async function startedIn(namespace: string): Promise<{ request: unknown; status: string }[]> {
  const executions = (await allExecutions()).filter(({ name = "" }) => name.startsWith("event-"));
  const all = await Promise.all(executions.map(({ executionArn = "" }) => ended(executionArn)));
  return all
    .filter(({ request }) => (request as { namespace?: string }).namespace === namespace)
    .map(({ request, status }) => ({ request, status }));
}

/** Waits until one has been started there, and answers with all. */
async function firstIn(namespace: string): ReturnType<typeof startedIn> {
  for (;;) {
    const started = await startedIn(namespace);
    if (started.length > 0) return started;
    await sleep(500);
  }
}

/** Where what is sent after a burst looks: by the time that it does, the others of the burst have had theirs. */
const last = (namespace: string) => `${namespace}-last`;

/** Sends events, of a source of their own, by a rule of their own to the function. */
async function byRule(namespace: string, details: object[], target: Partial<Target>): Promise<void> {
  const rule = { Name: `own-${namespace}` };
  await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: [namespace] }) }));
  const { WaysInFunctionArn: Arn } = inject("site");
  await events.send(new PutTargetsCommand({ Rule: rule.Name, Targets: [{ Id: "look", Arn, ...target }] }));
  const entries = details.map((detail) => ({ Source: namespace, DetailType: "Own", Detail: JSON.stringify(detail) }));
  await events.send(new PutEventsCommand({ Entries: entries }));
  await firstIn(last(namespace));
  await events.send(new RemoveTargetsCommand({ Rule: rule.Name, Ids: ["look"] }));
  await events.send(new DeleteRuleCommand(rule));
}

/** An alarm on a metric of a namespace, as CloudWatch has it when it changes. */
const alarm = (namespace: string, change: { value?: string; cluster?: string } = {}) => ({
  ...alarmEvent([{ ClusterName: change.cluster ?? CLUSTER_NAME, Namespace: namespace, PodName: "web" }], change.value),
  time: new Date().toISOString(),
});

const looked = (namespace: string, reason: string) => [
  { request: { cluster_name: CLUSTER_NAME, namespace, origin: "event", reason }, status: "SUCCEEDED" },
];

describe.concurrent("ways in", () => {
  it("let in alarms of this cluster that are raised, by the rule that is deployed", async ({ expect }) => {
    const { Rules: rules = [] } = await events.send(new ListRulesCommand({}));
    const { Name } = rules.find(({ EventPattern: pattern }) => pattern?.includes("aws.cloudwatch") === true) ?? {};
    const { EventPattern } = await events.send(new DescribeRuleCommand({ Name }));
    const isTaken = async (event: object) =>
      (await events.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) }))).Result;

    expect(await isTaken(alarm("shop"))).toBe(true);
    expect(await isTaken(alarm("shop", { value: "OK" }))).toBe(false);
    expect(await isTaken(alarm("shop", { cluster: "test" }))).toBe(false);
  });

  it("start one look for an alarm that is raised again and again", async ({ scenario: { namespace }, expect }) => {
    const raised = alarm(namespace);
    const burst = [raised, raised, raised, alarm(last(namespace))];
    await byRule(
      namespace,
      burst.map((event) => ({ event })),
      { InputPath: "$.detail.event" },
    );

    expect(await startedIn(namespace)).toEqual(looked(namespace, "CloudWatch alarm restarts"));
  });

  it("start one look for alerts that the topic carries, and none for one that is over", async ({
    scenario: { namespace },
    expect,
  }) => {
    const { AlertTopicArn: topic } = inject("site");
    const firing = { labels: { alertname: "KubePodCrashLooping", namespace, pod: "web-1" } };
    const over = { labels: { ...firing.labels, namespace: `${namespace}-over` }, status: "resolved" };
    for (const message of ["[FIRING:1]", alertsMessage(over, firing, firing)])
      await sns.send(new PublishCommand({ TopicArn: topic, Message: message }));

    expect(await firstIn(namespace)).toEqual(looked(namespace, "alert KubePodCrashLooping"));
    expect(await startedIn(`${namespace}-over`)).toEqual([]);
  });

  it("start one look for events of a rule of one's own", async ({ scenario: { namespace }, expect }) => {
    const time = new Date().toISOString();
    const burst = [namespace, namespace, last(namespace)].map((place) => ({ place, time }));
    await byRule(namespace, burst, {
      InputTransformer: {
        InputPathsMap: { place: "$.detail.place", time: "$.detail.time" },
        InputTemplate: `{"cluster_name": "${CLUSTER_NAME}", "namespace": "<place>", "time": "<time>", "reason": "a deployment failed"}`,
      },
    });

    expect(await startedIn(namespace)).toEqual(looked(namespace, "a deployment failed"));
  });
});
