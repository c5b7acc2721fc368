import { setTimeout as sleep } from "node:timers/promises";
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  DeleteRuleCommand,
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
async function startedIn(namespace: string): Promise<{ name: string; request: unknown; status: string }[]> {
  const executions = (await allExecutions()).filter(({ name = "" }) => name.startsWith("event-"));
  const all = await Promise.all(executions.map(({ executionArn = "" }) => ended(executionArn)));
  return all
    .filter(({ request }) => (request as { namespace?: string }).namespace === namespace)
    .map(({ name, request, status }) => ({ name, request, status }));
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

async function alarm(namespace: string, time: Date, value?: string): Promise<void> {
  const { detail, ...event } = alarmEvent([{ ClusterName: CLUSTER_NAME, Namespace: namespace, PodName: "web" }], value);
  const { Entries: entries = [] } = await events.send(
    new PutEventsCommand({
      Entries: [
        {
          Source: "aws.cloudwatch",
          DetailType: String(event["detail-type"]),
          Detail: JSON.stringify(detail),
          Time: time,
        },
      ],
    }),
  );
  for (const { ErrorMessage: message } of entries) if (message !== undefined) throw new Error(message);
}

describe.concurrent("ways in", () => {
  it("starts one look for an alarm that is raised again and again, and none for one that is over", async ({
    scenario: { namespace },
    expect,
  }) => {
    const time = new Date();
    await alarm(namespace, time, "OK");
    for (let times = 0; times < 3; times++) await alarm(namespace, time);
    await alarm(last(namespace), time);

    await firstIn(last(namespace));
    expect(await firstIn(namespace)).toMatchObject([
      {
        request: { cluster_name: CLUSTER_NAME, namespace, origin: "event", reason: "CloudWatch alarm restarts" },
        status: "SUCCEEDED",
      },
    ]);
  });

  it("starts one look for an alert that a topic carries, and none for one that is over", async ({
    scenario: { namespace },
    expect,
  }) => {
    const { AlertTopicArn: topic } = inject("site");
    const firing = { labels: { alertname: "KubePodCrashLooping", namespace, pod: "web-1" } };
    const over = { labels: { ...firing.labels, namespace: `${namespace}-over` }, status: "resolved" };
    for (const message of ["[FIRING:1]", alertsMessage(over, firing, firing)])
      await sns.send(new PublishCommand({ TopicArn: topic, Message: message }));

    expect(await firstIn(namespace)).toMatchObject([
      {
        request: { cluster_name: CLUSTER_NAME, namespace, origin: "event", reason: "alert KubePodCrashLooping" },
        status: "SUCCEEDED",
      },
    ]);
    expect(await startedIn(`${namespace}-over`)).toEqual([]);
  });

  it("starts one look for an event of a rule of one's own", async ({
    scenario: { namespace },
    onTestFinished,
    expect,
  }) => {
    const rule = { Name: `own-${namespace}` };
    const pattern = { source: ["shop.deployments"], detail: { place: [namespace] } };
    await events.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify(pattern) }));
    const target = {
      Id: "look",
      Arn: inject("site").WaysInFunctionArn,
      InputTransformer: {
        InputPathsMap: { place: "$.detail.place", time: "$.time" },
        InputTemplate: `{"cluster_name": "${CLUSTER_NAME}", "namespace": "<place>", "time": "<time>", "reason": "a deployment failed"}`,
      },
    };
    await events.send(new PutTargetsCommand({ Rule: rule.Name, Targets: [target] }));
    onTestFinished(async () => {
      await events.send(new RemoveTargetsCommand({ Rule: rule.Name, Ids: ["look"] }));
      await events.send(new DeleteRuleCommand(rule));
    });

    const event = { Source: "shop.deployments", DetailType: "Failed", Detail: JSON.stringify({ place: namespace }) };
    await events.send(new PutEventsCommand({ Entries: [event] }));

    expect(await firstIn(namespace)).toMatchObject([
      {
        request: { cluster_name: CLUSTER_NAME, namespace, origin: "event", reason: "a deployment failed" },
        status: "SUCCEEDED",
      },
    ]);
  });
});
