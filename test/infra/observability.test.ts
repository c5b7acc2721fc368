import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Duration } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { describe, expect, it } from "vitest";
import type { Measurement } from "../../functions/run/measurement.ts";
import { STEP_NAMES } from "../../infra/functions.ts";
import { ofAllFunctions } from "../../infra/metrics.ts";
import { anchorOf } from "../../infra/runbook.ts";
import { Synthesised, text } from "./synthesised.ts";

interface Alarm {
  AlarmActions: unknown[];
  AlarmDescription: string;
  Namespace?: string;
  MetricName?: string;
  Dimensions?: { Name: string; Value: string }[];
  Metrics?: { Id: string; Expression?: string; MetricStat?: { Metric: { MetricName: string } } }[];
  Period?: number;
  EvaluationPeriods: number;
  Threshold: number;
  TreatMissingData: string;
}

const stack = new Synthesised({ clusterName: "prod" });
const alarmOf = (id: string, synthesised = stack) =>
  synthesised.properties(synthesised.id("Observability", id)) as unknown as Alarm;
const alarmsOf = (synthesised: Synthesised) => synthesised.all("AWS::CloudWatch::Alarm") as unknown as Alarm[];
const alarms = alarmsOf(stack);

/** One of each metric. */
const MEASUREMENTS: Measurement[] = [
  { name: "ScanTime", value: 1 },
  { name: "PodsSeen", value: 1 },
  { name: "FailingPods", value: 1 },
  { name: "Resting", value: 1 },
  { name: "UnseenParts", value: 1 },
  { name: "Incidents", value: 1, dimensions: { cause: "OomKilled" } },
  { name: "Remedies", value: 1, dimensions: { action: "restart", outcome: "Recovered" } },
  { name: "Outcomes", value: 1, dimensions: { outcome: "Recovered" } },
  { name: "TimeToVerifiedFix", value: 1 },
  { name: "EventsIgnored", value: 1, dimensions: { why: "NotUnderstood" } },
  { name: "NeedsPerson", value: 1 },
  { name: "RecordsNotKept", value: 1 },
  { name: "SettingsUnreadable", value: 1 },
  { name: "Stopped", value: 1 },
];

/** What the functions write for CloudWatch, with their environment as it is deployed: `Name [dimension=value,...]`. */
function emitted(cluster = "prod"): { namespace: string; name: string; dimensions: Record<string, string> }[] {
  const { Environment } = stack.properties(stack.functionId("detect")) as {
    Environment: { Variables: NodeJS.ProcessEnv };
  };
  const module = fileURLToPath(new URL("../../functions/lambda/metrics.ts", import.meta.url));
  const script = `
    const { measureInCloudWatch } = await import(process.argv[1]);
    measureInCloudWatch(process.argv[3], JSON.parse(process.argv[2]));`;
  const lines = execFileSync(
    process.execPath,
    ["--input-type=module", "--eval", script, module, JSON.stringify(MEASUREMENTS), cluster],
    { env: Environment.Variables, encoding: "utf8" },
  );
  return lines
    .trim()
    .split("\n")
    .map((line) => {
      const entry = JSON.parse(line) as Record<string, string> & { _aws: { CloudWatchMetrics: EmbeddedMetric[] } };
      const [metric] = entry._aws.CloudWatchMetrics;
      const dimensions = metric?.Dimensions[0] ?? [];
      return {
        namespace: metric?.Namespace ?? "",
        name: metric?.Metrics[0]?.Name ?? "",
        dimensions: Object.fromEntries(dimensions.map((dimension) => [dimension, entry[dimension] ?? ""])),
      };
    });
}

interface EmbeddedMetric {
  Namespace: string;
  Dimensions: string[][];
  Metrics: { Name: string }[];
}

it("the functions of a hub write fewer metrics of the clusters of its list", () => {
  const arn = "arn:aws:eks:us-east-1:444455556666:cluster/shop";
  const ofListed = new Set(emitted(arn).map(({ name }) => name));

  expect(MEASUREMENTS.map(({ name }) => name).filter((name) => !ofListed.has(name))).toEqual(["PodsSeen", "Resting"]);
});

describe("the alarms", () => {
  it.each([
    "ExecutionsFailed",
    "ScheduleNotLooking",
    "FunctionErrors",
    "FunctionThrottles",
    "DeadLetters",
    "NeedsPerson",
    "RecordsNotKept",
    "SettingsUnreadable",
    "StoppedForLong",
    "SlowScan",
    "UnseenParts",
  ])("publish %s on the topic of the outcomes", (id) => {
    expect(alarmOf(id).AlarmActions).toEqual([{ Ref: stack.id("Notifications", "Topic") }]);
  });

  it("say what they mean and what to do first, and link a section of the runbook that exists", () => {
    const runbook = readFileSync(new URL("../../docs/operate.md", import.meta.url), "utf8");
    const anchors = [...runbook.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading ?? ""));
    const linked = alarms.map(({ AlarmDescription }) => {
      const [, path, anchor] = /^[A-Z].*\. [A-Z].*\. Runbook: (\S+)#(\S+)$/.exec(AlarmDescription) ?? [];
      expect(path, AlarmDescription).toBe("docs/operate.md");
      return anchor;
    });

    expect(new Set(linked).size).toBe(alarms.length);
    expect(anchors).toEqual(expect.arrayContaining(linked));
  });

  it("have a description, an investigation and a resolution in the runbook, each", () => {
    const runbook = readFileSync(new URL("../../docs/operate.md", import.meta.url), "utf8");
    const sections = runbook.split(/^#{2,3} /m);
    for (const { AlarmDescription } of alarms) {
      const anchor = AlarmDescription.split("#")[1];
      const section = sections.find((candidate) => anchorOf(candidate.split("\n")[0] ?? "") === anchor) ?? "";
      for (const part of ["Description", "Investigation", "Resolution"]) expect(section).toContain(`**${part}.**`);
    }
  });

  it("link the runbook where it is said to be", () => {
    const runbook = "https://example.com/operate.md";

    for (const { AlarmDescription } of alarmsOf(new Synthesised({ runbook }))) {
      expect(AlarmDescription).toContain(`Runbook: ${runbook}#`);
    }
  });

  it("take a missing value for well, but where something has to happen", () => {
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === "breaching");

    expect(breaching).toEqual([alarmOf("ScheduleNotLooking")]);
  });

  it("add up what no single metric says", () => {
    const metricsOf = (id: string) =>
      alarmOf(id).Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []) ?? [];

    expect(metricsOf("ExecutionsFailed")).toEqual(["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"]);
    // Of patrol, notify and agent. The workflow sees those of its steps: it tries them again, and fails.
    expect(metricsOf("FunctionErrors")).toEqual(Array(3).fill("Errors"));
    expect(metricsOf("FunctionThrottles")).toEqual(Array(3).fill("Throttles"));
    expect(metricsOf("DeadLetters")).toEqual(Array(2).fill("ApproximateNumberOfMessagesVisible"));
  });

  it("stay within the ten metrics that an alarm may add up, however many functions there are", () => {
    const lambda = { metric: () => new Metric({ namespace: "AWS/Lambda", metricName: "Errors" }) };
    const many = Object.fromEntries(Array.from({ length: 23 }, (_, n) => [`step${n}`, { lambda }]));
    const used = ofAllFunctions("Errors", many).map((sum) => Object.keys(sum.usingMetrics));

    expect(used.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(used.flat()).toEqual(Object.keys(many));
  });

  it("call a scan slow at half of what it may take", () => {
    const { Timeout } = stack.properties(stack.functionId("detect")) as { Timeout: number };

    expect(alarmOf("SlowScan").Threshold).toBe((Timeout * 1_000) / 2);
  });

  it("miss the schedule's looks after ten minutes, or two of its intervals where that is longer", () => {
    const patience = (schedule: Duration) => {
      const { Period = 0, EvaluationPeriods } = alarmOf(
        "ScheduleNotLooking",
        Synthesised.with(() => ({ schedule })),
      );
      return Period * EvaluationPeriods;
    };

    expect(patience(Duration.minutes(1))).toBe(600);
    expect(patience(Duration.minutes(30))).toBe(3_600);
    expect(patience(Duration.days(1))).toBe(172_800);
  });

  it("do not miss the looks of a schedule that is off", () => {
    expect(alarmsOf(new Synthesised({ schedule: "off" }))).toHaveLength(alarms.length - 1);
  });

  it("look at metrics of the workflow that the functions write, with the same dimensions", () => {
    const written = emitted();
    const own = alarms.filter(({ Namespace }) => Namespace === "EksRemediation");

    expect(own).toHaveLength(6);
    for (const { MetricName, Namespace, Dimensions = [] } of own) {
      const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
      expect(written).toContainEqual({ namespace: Namespace, name: MetricName, dimensions });
    }
  });
});

describe("the dashboard", () => {
  interface Widget {
    type: string;
    properties: { title?: string; markdown?: string; metrics?: unknown[][] };
  }
  const dashboard = (synthesised: Synthesised) => {
    const { DashboardBody } = synthesised.properties(synthesised.id("Observability", "Dashboard", "Dashboard"));
    return (JSON.parse(text(DashboardBody)) as { widgets: Widget[] }).widgets;
  };
  const widgets = dashboard(stack);

  it("shows every metric that the functions write, with the same dimensions", () => {
    const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    for (const { namespace, name, dimensions } of emitted()) {
      const names = Object.keys(dimensions);
      const isShown = shown.some(([first, second, ...rest]) => {
        if (first === namespace && second === name) {
          return names.length * 2 === rest.filter((value) => typeof value === "string").length;
        }
        const { expression = "" } = (first ?? {}) as { expression?: string };
        return expression.includes(`{${namespace},${names.join(",")}} MetricName="${name}"`);
      });
      expect(isShown, name).toBe(true);
    }
  });

  it("answers its questions, and shows the errors, throttles and durations of every function", () => {
    const titles = widgets.flatMap(({ properties }) => properties.title ?? []);
    const linesOf = (title: string) =>
      widgets.find(({ properties }) => properties.title?.startsWith(title))?.properties.metrics;

    expect(titles).toEqual(
      expect.arrayContaining([
        "Is it running?",
        "What fails?",
        "What was done, and did it help?",
        "How long until a verified fix? (s)",
      ]),
    );
    for (const title of ["Errors", "Throttles", "Durations"]) {
      expect(linesOf(title)).toHaveLength(STEP_NAMES.length + 2);
    }
  });

  it("is left out where it is switched off, and nothing else with it", () => {
    const { template } = new Synthesised({ dashboard: "off" });

    template.resourceCountIs("AWS::CloudWatch::Dashboard", 0);
    template.resourceCountIs("AWS::CloudWatch::Alarm", alarms.length);
    expect(template.findOutputs("DashboardName")).toEqual({});
  });

  it("says where the runbook is, with a link when that is a URL", () => {
    const markdown = (synthesised: Synthesised) =>
      dashboard(synthesised).find(({ type }) => type === "text")?.properties.markdown;

    expect(markdown(stack)).toContain("`docs/operate.md`");
    expect(markdown(new Synthesised({ runbook: "https://example.com/o.md" }))).toContain("(https://example.com/o.md)");
  });
});
