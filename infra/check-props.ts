import { Duration, Token } from "aws-cdk-lib";
import * as z from "zod";
import { MODES } from "../functions/shared/action-mode.ts";
import { plainClusterName } from "../functions/shared/cluster-name.ts";
import { isRemediationError } from "../functions/shared/errors.ts";
import { parsePolicy, TOOLS } from "../functions/shared/policy.ts";
import { ScanRequest } from "../functions/run/request.ts";
import { DESTINATIONS } from "../functions/notify/deliver/destinations.ts";
import { GitSettings, type GitRepository } from "../functions/notify/git/settings.ts";
import { WAYS_IN } from "../functions/ways-in/ways.ts";
import { describeIssues } from "../functions/shared/validation.ts";
import { misfit } from "./limits.ts";
import { NETWORK_IDS } from "./network.ts";
import type { EksRemediationProps } from "./props.ts";
import type { OptionalReading } from "./rbac-command.ts";
import { SettingsError } from "./settings-error.ts";

/** Props that can be deployed, with their defaults. */
export interface CheckedProps {
  /** The policy as JSON text, with the namespaces in it. */
  policy: string;
  /** The namespaces that are looked after; undefined for all. */
  namespaces: readonly string[] | undefined;
  /** What the policy lets be read by permissions of their own. */
  optional: OptionalReading;
  schedule: { interval: Duration; enabled: boolean };
  /** The repositories that findings are told in. */
  repositories: readonly GitRepository[];
}

/** Lambda allows 4 KiB for all of a function's environment variables; the rest is for the others. */
const MAX_POLICY_BYTES = 3_200;
const MINUTES_OF_A_DAY = 1_440;
const DEFAULT_INTERVAL = Duration.minutes(1);

/** Source: the AWS Systems Manager API reference, PutParameter */
const PARAMETER = /^\/?(?!aws|ssm)[\w.-]+(\/[\w.-]+){0,14}$/i;

/** A parameter of one's own, or a secret by reference. Source: the same, and the Secrets Manager API reference, CreateSecret */
const SECRET = /^\/(aws\/reference\/secretsmanager\/[\w/+=.@-]{1,512}|(?!aws\/|ssm\/)[\w.-]+(\/[\w.-]+){0,14})$/i;
const SECRET_RULE =
  "must be the name of a parameter, as /eks-remediation/slack, or of a secret, as /aws/reference/secretsmanager/NAME, and not what it holds";

/** Ids of one kind; a list that only the deployment knows cannot be looked at. */
function idsOf(kind: keyof typeof NETWORK_IDS) {
  const pattern = new RegExp(`^${NETWORK_IDS[kind]}$`);
  const ids = z.array(z.string().regex(pattern, `must match ${NETWORK_IDS[kind]}`)).min(1, "must name at least one");
  return z.union([z.custom<string[]>(Token.isUnresolved), ids]);
}

/** What can be said of a prop by itself. */
const PlainProps = z.object({
  // A name that only the deployment knows, as of a cluster in the same stack, cannot be looked at.
  clusterName: z.union([z.custom<string>(Token.isUnresolved), plainClusterName]),
  network: z.object({ subnetIds: idsOf("subnet"), securityGroupIds: idsOf("securityGroup") }).optional(),
  namespaces: z.array(ScanRequest.shape.namespace.unwrap()).min(1, "must name at least one").optional(),
  schedule: z
    .union([z.literal(false), z.custom<Duration>(isInterval)], "must be false or whole minutes, from one to a day")
    .optional(),
  mode: z.enum(MODES, `must be one of ${MODES.join(", ")}`).optional(),
  recordRetention: z.custom<Duration>(isRetention, "must be whole days, from one to 3650").optional(),
  fleet: z
    .object({ parameter: z.string().regex(PARAMETER, "must be the name of a parameter, as /eks-remediation/fleet") })
    .optional(),
  approvalLinks: z.boolean("must be true or false").optional(),
  waysIn: z.array(z.enum(WAYS_IN, `must be one of ${WAYS_IN.join(", ")}`)).optional(),
  dashboard: z.boolean("must be true or false").optional(),
  notifications: z
    .object({
      emails: z.array(z.email("must be an e-mail address")).optional(),
      deliver: z.partialRecord(z.enum(DESTINATIONS), z.string().regex(SECRET, SECRET_RULE).optional()).optional(),
      scorecard: z.boolean("must be true or false").optional(),
      topic: z.object({ fifo: z.literal(false, "must be a standard topic") }).optional(),
    })
    .optional(),
  git: GitSettings.refine(
    ({ repositories }) => repositories.every((each) => Buffer.byteLength(JSON.stringify(each)) <= MAX_POLICY_BYTES),
    `must have at most ${MAX_POLICY_BYTES} bytes of JSON for each repository, so that it fits into a function's environment`,
  ).optional(),
  // The longest name is a function's, of at most 64 characters.
  namePrefix: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,49}$/, "must start with a letter and hold at most 50 letters, digits and -")
    .optional(),
});

/**
 * Checks the props, and fills in what is not given.
 * @throws SettingsError naming each prop that cannot be used, and its rule
 */
export function checkProps(props: EksRemediationProps): CheckedProps {
  const parsed = PlainProps.safeParse(props);
  const problems = [...(parsed.success ? [] : [describeIssues(parsed.error)]), ...conflictsOf(props)];
  if (problems.length > 0) throw new SettingsError(`EksRemediation is refused: ${problems.join("; ")}.`);
  const policy = readPolicy(props);
  const parsedPolicy = parsePolicy(policy);
  const { namespaces, evidence, owners } = parsedPolicy;
  const tooMuch = misfit(parsedPolicy);
  if (tooMuch !== undefined) throw new SettingsError(`EksRemediation is refused: policy: ${tooMuch}.`);
  const { allow, deny } = namespaces;
  return {
    policy,
    namespaces: allow?.filter((name) => !deny.includes(name)),
    optional: {
      logs: evidence.log_lines > 0,
      secrets: evidence.config_changes === "config_maps_and_secrets",
      customResources: evidence.custom_resources,
      tools: TOOLS.filter((tool) => owners[tool]),
    },
    schedule: {
      interval: props.schedule === undefined || props.schedule === false ? DEFAULT_INTERVAL : props.schedule,
      enabled: props.schedule !== false,
    },
    repositories: parsed.data?.git?.repositories ?? [],
  };
}

function isInterval(value: unknown): boolean {
  if (!(value instanceof Duration) || value.isUnresolved()) return false;
  const minutes = value.toMinutes({ integral: false });
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= MINUTES_OF_A_DAY;
}

function isRetention(value: unknown): boolean {
  if (!(value instanceof Duration) || value.isUnresolved()) return false;
  const days = value.toDays({ integral: false });
  return Number.isInteger(days) && days >= 1 && days <= 3_650;
}

/** Props that do not go together. */
function conflictsOf({ vpc, subnets, securityGroups, network, ...props }: EksRemediationProps): string[] {
  const { topic } = props.notifications ?? {};
  const conflicts: [boolean, string][] = [
    [vpc === undefined && subnets !== undefined, "subnets: need the vpc that they are in"],
    [vpc === undefined && securityGroups !== undefined, "securityGroups: need the vpc that they are in"],
    [vpc !== undefined && network !== undefined, "network: is the same as vpc, so only one of them may be given"],
    [
      props.namespaces !== undefined && props.policy?.namespaces?.allow !== undefined,
      "namespaces: are the same as policy.namespaces.allow, so only one of them may be given",
    ],
    [
      props.mode !== undefined && props.policy?.modes?.found !== undefined,
      "mode: is the same as policy.modes.found, so only one of them may be given",
    ],
    [
      props.encryptionKey !== undefined &&
        topic?.masterKey !== undefined &&
        topic.masterKey.keyArn !== props.encryptionKey.keyArn,
      "encryptionKey: must be the key of notifications.topic, or be left out",
    ],
  ];
  return conflicts.filter(([isConflict]) => isConflict).map(([, rule]) => rule);
}

function readPolicy({ policy = {}, namespaces, schedule, mode = "observe" }: EksRemediationProps): string {
  const isOwn = schedule instanceof Duration && schedule.toSeconds() !== DEFAULT_INTERVAL.toSeconds();
  const text = JSON.stringify({
    ...(isOwn ? { schedule_seconds: schedule.toSeconds() } : {}),
    ...policy,
    modes: { ...policy.modes, found: policy.modes?.found ?? mode },
    ...(namespaces === undefined ? {} : { namespaces: { ...policy.namespaces, allow: namespaces } }),
  });
  try {
    parsePolicy(text);
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    throw new SettingsError(`EksRemediation is refused: policy: ${error.message}.`, { cause: error });
  }
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) {
    throw new SettingsError(
      `EksRemediation is refused: policy: must be at most ${MAX_POLICY_BYTES} bytes of JSON, so that it fits into a function's environment.`,
    );
  }
  return text;
}
