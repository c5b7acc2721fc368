import { readFileSync } from "node:fs";
import { Duration } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Node } from "constructs";
import * as z from "zod";
import { MODES } from "../functions/shared/action-mode.ts";
import { plainClusterName } from "../functions/shared/cluster-name.ts";
import type { Destination } from "../functions/notify/deliver/destinations.ts";
import { WAYS_IN, type WayIn } from "../functions/ways-in/ways.ts";
import { describeIssues } from "../functions/shared/validation.ts";
import type { Network } from "./network.ts";
import type { FleetOptions, GitInput, PolicyInput } from "./props.ts";
import { SettingsError } from "./settings-error.ts";

/** The numbers of days that CloudWatch Logs knows; the last of the enumeration stands for ever. */
const RETENTIONS = new Map(
  Object.values(RetentionDays).flatMap((days) =>
    typeof days === "number" && days !== RetentionDays.INFINITE ? [[days as number, days] as const] : [],
  ),
);
const RECORD_RULE = "must be a whole number of days, from 1 to 3650";
const RETENTION_RULE = `must be one of ${[...RETENTIONS.keys()].join(", ")}`;

/** The cluster that `cdk.json` names so that a template can be looked at without a setting: nobody's. */
export const EXAMPLE_CLUSTER = "my-cluster";

/** Names with commas between them, or a list. */
function list() {
  const text = z.string().transform((names) => names.split(",").map((name) => name.trim()));
  return z.union([text, z.array(z.string())]);
}

/** What can be set for a deployment: with `-c name=value`, or under `context` in `cdk.json`. */
const Context = z.object({
  /** The EKS cluster to look after, in the account and region of the stack. */
  clusterName: plainClusterName,
  /** The remediation policy: a path to a JSON file, JSON text, or (in `cdk.json`) an object. */
  policy: z.union([z.string(), z.record(z.string(), z.unknown())], "must be a file's path or a JSON object").optional(),
  /** What is done about what a run finds by itself: `observe` unless it is set, `approve`, `automatic` or `off`. */
  mode: z.enum(MODES, `must be one of ${MODES.join(", ")}`).optional(),
  /** Only these namespaces are looked after: names with commas between them, or (in `cdk.json`) a list. */
  namespaces: list().optional(),
  /** The ids of subnets in which the functions run, with commas between them, or (in `cdk.json`) a list. */
  subnets: list().optional(),
  /** The ids of their security groups there. */
  securityGroups: list().optional(),
  /** Who is told the outcomes by e-mail. The address has to confirm its subscription once. */
  notifyEmail: z.email("must be an e-mail address").optional(),
  /** Whether `https` subscribers get the form for Amazon Q Developer in chat applications. */
  chat: z
    .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")], "must be true or false")
    .default(false),
  /** The SSM parameter that holds the address of a webhook of Slack, to which all messages are delivered. */
  slack: z.string().optional(),
  /** The same of a webhook of Teams. */
  teams: z.string().optional(),
  /** The SSM parameter that holds PagerDuty's routing key. What needs a person pages. */
  pagerDuty: z.string().optional(),
  /** The repositories in which issues are opened: a path to a JSON file, JSON text, or (in `cdk.json`) an object. */
  git: z.union([z.string(), z.record(z.string(), z.unknown())], "must be a file's path or a JSON object").optional(),
  /** Whether there is a message every Monday on how decisions and deeds of the week were. */
  scorecard: z
    .union([z.boolean(), z.enum(["on", "off"]).transform((text) => text === "on")], "must be on or off")
    .default(false),
  /** `on` gives messages a link by which whoever gets them approves or declines what is proposed. */
  approvalLinks: z
    .union([z.boolean(), z.enum(["on", "off"]).transform((text) => text === "on")], "must be on or off")
    .default(false),
  /** Makes the deployment a hub: the name of the SSM parameter that holds the list of its further clusters. */
  fleet: z.string().optional(),
  /** Whether agents that speak the Model Context Protocol are served. */
  mcp: z
    .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")], "must be true or false")
    .default(false),
  /** What starts a look at once, beside the schedule: names with commas between them, or (in `cdk.json`) a list. */
  waysIn: list()
    .pipe(z.array(z.enum(WAYS_IN, `must be one of ${WAYS_IN.join(", ")}`)))
    .optional(),
  /** Whether there is a dashboard: each beyond an account's first three is paid. */
  dashboard: z
    .union([z.boolean(), z.enum(["on", "off"]).transform((text) => text === "on")], "must be on or off")
    .default(true),
  /** `off` deploys the schedule disabled; runbooks and people can still start the workflow. */
  schedule: z
    .string("must be on, off, or an interval like 5 minutes")
    .regex(/^(on|off|\d{1,4} minutes?)$/, "must be on, off, or an interval like 5 minutes")
    .default("on")
    .transform(scheduleOf),
  /** How many days logs are kept: a number that CloudWatch Logs knows. */
  logRetentionDays: z.coerce
    .number(RETENTION_RULE)
    .refine((days) => RETENTIONS.has(days), RETENTION_RULE)
    .transform((days) => RETENTIONS.get(days))
    .optional(),
  /** How many days the record keeps an outcome. */
  recordDays: z.coerce
    .number(RECORD_RULE)
    .refine((days) => Number.isInteger(days) && days >= 1 && days <= 3_650, RECORD_RULE)
    .transform((days) => Duration.days(days))
    .optional(),
  /** The permissions boundary of every role: a managed policy's ARN, or its name in the account. */
  permissionsBoundary: z
    .string()
    .regex(/^(arn:[\w-]+:iam::(\d{12}|aws):policy\/.+|[\w+=,.@-]{1,128})$/, "must be a managed policy's ARN or name")
    .optional(),
  /** How the names of the functions, the state machine and the topic begin. */
  namePrefix: z.string().optional(),
  /** Where alarms find `docs/operate.md`, as a URL for example. */
  runbook: z.string().optional(),
});

/** What the context says, ready for the construct, which checks the rest. */
export interface Settings {
  clusterName: string;
  policy: PolicyInput | undefined;
  mode: (typeof MODES)[number] | undefined;
  namespaces: string[] | undefined;
  network: Network | undefined;
  notifyEmail: string | undefined;
  chat: boolean;
  deliver: Partial<Record<Destination, string>>;
  git: GitInput | undefined;
  scorecard: boolean;
  approvalLinks: boolean;
  fleet: FleetOptions | undefined;
  mcp: boolean;
  waysIn: WayIn[] | undefined;
  dashboard: boolean;
  schedule: Duration | false | undefined;
  logRetention: RetentionDays | undefined;
  recordRetention: Duration | undefined;
  permissionsBoundary: string | undefined;
  namePrefix: string | undefined;
  runbook: string | undefined;
}

/**
 * Reads the settings from the app's context.
 * @throws SettingsError naming each setting that is missing, misspelt or malformed
 */
export function readSettings(app: Node): Settings {
  const names = Object.keys(Context.shape);
  refuseUnknown(Object.keys(app.getAllContext() as object), names);
  const parsed = Context.safeParse(Object.fromEntries(names.map((name) => [name, app.tryGetContext(name) as unknown])));
  if (!parsed.success) {
    throw new SettingsError(
      `The context is refused: ${describeIssues(parsed.error)}. Settings are given like this: npx cdk synth -c clusterName=my-cluster`,
    );
  }
  const {
    policy,
    mode,
    namespaces,
    notifyEmail,
    logRetentionDays,
    recordDays,
    permissionsBoundary,
    namePrefix,
    runbook,
    waysIn,
    fleet,
    slack,
    teams,
    pagerDuty,
    git,
    subnets,
    securityGroups,
    ...given
  } = parsed.data;
  return {
    ...given,
    network: networkOf(subnets, securityGroups),
    deliver: {
      ...(slack === undefined ? {} : { slack }),
      ...(teams === undefined ? {} : { teams }),
      ...(pagerDuty === undefined ? {} : { pagerDuty }),
    },
    waysIn,
    policy: policy === undefined ? undefined : readJson("policy", policy),
    git: git === undefined ? undefined : (readJson("git", git) as GitInput),
    mode,
    namespaces,
    notifyEmail,
    logRetention: logRetentionDays,
    recordRetention: recordDays,
    permissionsBoundary,
    namePrefix,
    runbook,
    fleet: fleet === undefined ? undefined : { parameter: fleet },
  };
}

/** What the CDK and its libraries keep in the context has a prefix, as `@aws-cdk/…`, or an account in its name. */
const OF_THE_CDK = /[@:/]/;

/** A setting that is misspelt would otherwise be ignored, and what it was to change be deployed as it is by default. */
function refuseUnknown(given: string[], known: string[]): void {
  const plain = (name: string) => name.replace(/[-_]/g, "").toLowerCase();
  for (const name of given) {
    if (known.includes(name) || OF_THE_CDK.test(name)) continue;
    const meant = known.find((candidate) => plain(candidate) === plain(name));
    const advice = meant === undefined ? `the settings are ${known.join(", ")}` : `write it ${meant}`;
    throw new SettingsError(`The context is refused: ${name} is not a setting; ${advice}.`);
  }
}

function networkOf(subnetIds: string[] | undefined, securityGroupIds: string[] | undefined): Network | undefined {
  if (subnetIds === undefined && securityGroupIds === undefined) return undefined;
  if (subnetIds !== undefined && securityGroupIds !== undefined) return { subnetIds, securityGroupIds };
  throw new SettingsError("The context is refused: subnets and securityGroups need each other.");
}

/** Undefined for the construct's own interval. */
function scheduleOf(text: string): Duration | false | undefined {
  if (text === "on") return undefined;
  return text === "off" ? false : Duration.minutes(Number.parseInt(text, 10));
}

/** What is written in a file, in text or in `cdk.json`; the construct checks its fields. */
function readJson(setting: string, value: string | object): object {
  if (typeof value !== "string") return value;
  const text = value.trimStart().startsWith("{") ? value : readJsonFile(setting, value);
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw new SettingsError(`The context is refused: ${setting}: is not valid JSON (${(error as Error).message}).`, {
      cause: error,
    });
  }
}

function readJsonFile(setting: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new SettingsError(
      `The context is refused: ${setting}: ${path} cannot be read (${(error as Error).message}). It must be a JSON file's path or a JSON object.`,
      { cause: error },
    );
  }
}
