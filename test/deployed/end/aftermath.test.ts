import { readFileSync } from "node:fs";
import { describe, inject, it } from "vitest";
import { accessEntries, aws } from "../account.ts";
import { allExecutions, describeFully } from "../executions.ts";
import { receive } from "../queues.ts";
import { destroy, STACK_NAME } from "../stack.ts";

/** What gives a token, a signature or a CA away, whatever its value. */
const MARKS = ["k8s-aws-v1.", "X-Amz-Signature", "AWS4-HMAC-SHA256", "BEGIN CERTIFICATE", "LS0tLS1CRUdJTi"];

describe("after all executions", () => {
  it("no history, log line or message holds a token, a CA or a credential", async ({ expect }) => {
    const places = {
      histories: await histories(),
      logs: await logLines(),
      messages: await everyMessage(),
    };
    const secrets = [...MARKS, ...functionCredentials()];

    // There was something to look at, and something to look for.
    for (const [place, texts] of Object.entries(places)) expect(texts.join("\n"), place).toContain(STACK_NAME);
    expect(places.logs.join("\n")).toContain('"message":"done"');
    expect(secrets.length).toBeGreaterThan(MARKS.length);
    for (const [place, texts] of Object.entries(places)) {
      const all = texts.join("\n");
      expect(
        secrets.filter((secret) => all.includes(secret)),
        `in ${place}`,
      ).toEqual([]);
    }
  });

  it("cdk destroy leaves nothing of the stack", async ({ expect }) => {
    const before = await present();
    for (const [kind, names] of Object.entries(before)) expect(names, kind).not.toEqual([]);

    await destroy(inject("site").directory);

    const after = await present();
    expect(after).toEqual(Object.fromEntries(Object.keys(before).map((kind) => [kind, []])));
  });
});

/** Everything that can be read of each execution: input, output, error and events. */
async function histories(): Promise<string[]> {
  const executions = await allExecutions();
  return await Promise.all(executions.map(({ executionArn = "" }) => describeFully(executionArn)));
}

async function logLines(): Promise<string[]> {
  const { logGroups } = await aws<{ logGroups: { logGroupName: string }[] }>("logs", "describe-log-groups");
  const lines: string[] = [];
  for (const { logGroupName } of logGroups) {
    const { events } = await aws<{ events: { message: string }[] }>(
      ...["logs", "filter-log-events", "--log-group-name", logGroupName],
    );
    lines.push(...events.map(({ message }) => message));
  }
  return lines;
}

async function everyMessage(): Promise<string[]> {
  const { awsCli, everything } = inject("site");
  const messages: string[] = [];
  for (;;) {
    const more = await receive(awsCli, everything, 0);
    if (more.length === 0) return messages;
    messages.push(...more.map((message) => JSON.stringify(message)));
  }
}

/** The keys that functions ran with. */
function functionCredentials(): string[] {
  const lines = readFileSync(inject("site").credentialsFile, "utf8").trim().split("\n");
  return [...new Set(lines.flatMap((line) => Object.values(JSON.parse(line) as Record<string, string>)))];
}

/** What there is of the stack, kind by kind. */
async function present(): Promise<Record<string, string[]>> {
  const ours = async (...command: string[]) => {
    const names = (await aws<(string | null)[] | null>(...command)) ?? [];
    return names.filter((name) => name?.includes(STACK_NAME));
  };
  return {
    stacks: await ours("cloudformation", "list-stacks", "--query", LIVING_STACKS),
    functions: await ours("lambda", "list-functions", "--query", "Functions[].FunctionName"),
    "state machines": await ours("stepfunctions", "list-state-machines", "--query", "stateMachines[].name"),
    topics: await ours("sns", "list-topics", "--query", "Topics[].TopicArn"),
    rules: await ours("events", "list-rules", "--query", "Rules[].Name"),
    queues: await ours("sqs", "list-queues", "--query", "QueueUrls"),
    "log groups": await ours("logs", "describe-log-groups", "--query", "logGroups[].logGroupName"),
    alarms: await ours("cloudwatch", "describe-alarms", "--query", "MetricAlarms[].AlarmName"),
    dashboards: await ours("cloudwatch", "list-dashboards", "--query", "DashboardEntries[].DashboardName"),
    roles: await ours("iam", "list-roles", "--query", "Roles[].RoleName"),
    "access entries": (await accessEntries()).map(({ principalArn = "" }) => principalArn),
  } as Record<string, string[]>;
}

const LIVING_STACKS = "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName";
