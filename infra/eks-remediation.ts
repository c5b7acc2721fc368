import { Duration } from "aws-cdk-lib";
import { PermissionsBoundary } from "aws-cdk-lib/aws-iam";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { Action } from "../functions/shared/policy.ts";
import { ADMITTED } from "./admission.ts";
import { Agent } from "./agent.ts";
import { ApprovalLinks } from "./approval-links.ts";
import { checkProps } from "./check-props.ts";
import { ClusterAccess } from "./cluster-access.ts";
import { Encryption } from "./encryption.ts";
import { Delivery, type DeliveryProps } from "./delivery.ts";
import { Discovery } from "./discovery.ts";
import { EndedExecutions } from "./ended-executions.ts";
import { FleetWatch } from "./fleet-watch.ts";
import { Functions, type StepFunctions } from "./functions.ts";
import { Git, type GitProps } from "./git.ts";
import { Hub } from "./hub.ts";
import { HUB_NAME } from "./hub-name.ts";
import { Mcp } from "./mcp.ts";
import { Notifications } from "./notifications.ts";
import { Observability } from "./observability.ts";
import { Patrol } from "./patrol.ts";
import type { EksRemediationProps, NotificationOptions } from "./props.ts";
import { OutcomesRecord } from "./record.ts";
import { rbacCommand } from "./rbac-command.ts";
import type { FunctionOptions, RemediationFunction } from "./remediation-function.ts";
import { REMOVING } from "./permissions.ts";
import { RUNBOOK } from "./runbook.ts";
import { Rounds } from "./rounds.ts";
import { RunTimeSettings } from "./run-time-settings.ts";
import { Schedule } from "./schedule.ts";
import { WeeklyScorecard } from "./weekly-scorecard.ts";
import { WaysIn, type WaysInProps } from "./ways-in.ts";
import { Workflow } from "./workflow.ts";

export type { Network } from "./network.ts";
export type { EksRemediationProps, FleetOptions, GitInput, NotificationOptions, PolicyInput } from "./props.ts";
export { SettingsError } from "./settings-error.ts";

/**
 * Remediates failing workloads on one EKS cluster: the functions, the workflow, its schedule, its topic, its alarms and
 * its access to the cluster. What the functions may do inside the cluster, the command in `rbacCommand` gives them.
 */
export class EksRemediation extends Construct {
  /** Starts with a request, as `functions/run/request.ts` has it. */
  readonly stateMachine: StateMachine;
  /** The function for agents that invoke a function and wait for its JSON. */
  readonly agentFunction: NodejsFunction;
  /** Where agents that speak the Model Context Protocol find the tools; undefined unless that is switched on. */
  readonly mcpUrls: Mcp["urls"] | undefined;
  /** What starts a look for alarms, alerts and events, and the topic for alerts; undefined unless a way in is open. */
  readonly waysIn: Pick<WaysIn, "function" | "topic"> | undefined;
  /** Where outcomes and alarms are published. */
  readonly topic: ITopic;
  /** The record of all outcomes. */
  readonly recordTableName: string;
  /** What went with pods that remedies have removed. */
  readonly evidenceBucketName: string;
  /** What the names of the parameters begin with in which things are set at run time, and everything is stopped. */
  readonly settingsPath: string;
  /** Undefined where it is switched off. */
  readonly dashboardName: string | undefined;
  /** Gives the functions' groups their permissions on the cluster; run in this project's folder, or in that of the app. */
  readonly rbacCommand: string;

  /** @throws SettingsError naming each prop that cannot be used, and its rule */
  constructor(scope: Construct, id: string, props: EksRemediationProps) {
    super(scope, id);
    const { policy, namespaces, optional, schedule, repositories } = checkProps(props);
    const { clusterName, namePrefix, vpc, subnets, securityGroups, network } = props;
    const { logRetention = RetentionDays.ONE_MONTH } = props;
    const { key } = new Encryption(this, "Encryption", { key: props.encryptionKey });
    const hub =
      props.fleet === undefined ? undefined : { name: namePrefix ?? HUB_NAME, parameter: props.fleet.parameter };
    const where = { vpc, subnets, securityGroups, network };
    const options: FunctionOptions = { policy, key, logRetention, namePrefix, ...where, hub };

    const { steps } = new Functions(this, "Functions", { options });
    const { stateMachine, stateMachineName } = new Workflow(this, "Workflow", { steps, key, logRetention, namePrefix });
    const agent = new Agent(this, "Agent", { stateMachine, options });
    const patrol = new Patrol(this, "Patrol", { stateMachine, options });
    const mcp = props.mcp === true ? new Mcp(this, "Mcp", { stateMachine, options }) : undefined;
    const { topic } = new Notifications(this, "Notifications", {
      publisher: steps.notify,
      key,
      namePrefix,
      options: props.notifications ?? {},
    });
    const { table, evidence } = new OutcomesRecord(this, "Record", {
      writer: steps.notify,
      patrol,
      removers: REMOVING.map((action) => steps[action]),
      key,
      retention: props.recordRetention ?? Duration.days(365),
    });
    const told = props.notifications ?? {};
    const delivery = deliveryOf(this, { topic, secrets: told.deliver ?? {}, options });
    const git = gitOf(this, { topic, table, repositories, options });
    const scorecard =
      told.scorecard === true
        ? new WeeklyScorecard(this, "Scorecard", { clusterName, table, topic, chat: told.chat === true, options })
        : undefined;
    const links =
      props.approvalLinks === true
        ? new ApprovalLinks(this, "ApprovalLinks", { notify: steps.notify, stateMachineName, options })
        : undefined;
    const deciding = { ...steps, patrol, agent, ...(mcp === undefined ? {} : { "mcp-read": mcp.functions.read }) };
    const functions = { ...deciding, ...(scorecard === undefined ? {} : { scorecard: scorecard.function }) };
    new ClusterAccess(this, "ClusterAccess", { functions, clusterName });
    // How long a remedy settles, which is all that verify asks the policy for, is not set at run time.
    const { verify: _verify, ...reading } = deciding;
    const { path } = new RunTimeSettings(this, "Settings", { functions: reading, clusterName });
    const starts = new Schedule(this, "Schedule", { patrol, clusterName, key, ...schedule });
    const { deadLetterQueue } = starts;
    const ofHub =
      hub === undefined
        ? undefined
        : hubOf(this, { steps, functions, patrol, table, topic, told, schedule, deadLetterQueue, options });
    if (hub !== undefined) new Hub(this, "Hub", { hub, functions, ofHub: { ...ofHub }, clusterName });
    const waysIn = waysInOf(this, { stateMachine, clusterName, ways: props.waysIn ?? [], options });
    const watched = { stateMachine, stateMachineName, notify: steps.notify, key };
    const ends = new EndedExecutions(this, "EndedExecutions", watched);
    const unwatched = {
      ...{ patrol, notify: steps.notify, agent, ...servingOf(mcp) },
      ...(links === undefined ? {} : { decide: links.decide }),
      ...(waysIn === undefined ? {} : { "ways-in": waysIn.function }),
      ...ofHub,
      ...delivery?.functions,
      ...git?.functions,
      ...(scorecard === undefined ? {} : { scorecard: scorecard.function }),
    };
    const { dashboardName } = new Observability(this, "Observability", {
      clusterName,
      stateMachine,
      // In a hub, patrol is invoked for other clusters as well.
      patrol: ofHub === undefined ? patrol.lambda : starts,
      ofHub: { rounds: ofHub?.rounds.lambda, fleet: ofHub?.fleet.lambda, discover: ofHub?.discover.lambda },
      functions: { ...steps, ...unwatched },
      unwatched,
      queues: {
        starts: starts.deadLetterQueue,
        ends: ends.deadLetterQueue,
        ...(waysIn === undefined ? {} : { ways: waysIn.deadLetterQueue }),
        ...(delivery === undefined ? {} : { deliveries: delivery.deadLetterQueue }),
        ...(git === undefined ? {} : { git: git.deadLetterQueue }),
        ...(scorecard === undefined ? {} : { scorecard: scorecard.deadLetterQueue }),
      },
      schedule,
      dashboard: props.dashboard ?? true,
      topic,
      runbook: props.runbook ?? RUNBOOK,
    });
    if (props.permissionsBoundary !== undefined) PermissionsBoundary.of(this).apply(props.permissionsBoundary);

    this.stateMachine = stateMachine;
    this.agentFunction = agent.lambda;
    this.mcpUrls = mcp?.urls;
    this.waysIn = waysIn;
    this.topic = topic;
    this.recordTableName = table.tableName;
    this.evidenceBucketName = evidence.bucketName;
    this.settingsPath = path;
    this.dashboardName = dashboardName;
    this.rbacCommand = rbacCommand(namespaces, optional);
  }
}

interface OfHub {
  steps: StepFunctions;
  /** Those that reach clusters, by name. */
  functions: Readonly<Record<string, RemediationFunction>>;
  patrol: Patrol;
  table: Table;
  topic: ITopic;
  told: NotificationOptions;
  schedule: { enabled: boolean };
  deadLetterQueue: Queue;
  options: FunctionOptions;
}

/** What a hub has beside, by name: they read the list, and reach no cluster. */
function hubOf(
  scope: Construct,
  { steps, functions, patrol, table, topic, told, schedule: { enabled }, deadLetterQueue, options }: OfHub,
): { rounds: Rounds; fleet: FleetWatch; discover: Discovery } {
  const ofAll = { table, enabled, deadLetterQueue, options };
  const telling = { ...ofAll, topic, chat: told.chat === true };
  const remedies = Action.options.map((action) => steps[action]);
  const admitted = [...ADMITTED].flatMap(([name, group]) => (functions[name] === undefined ? [] : [{ name, group }]));
  return {
    rounds: new Rounds(scope, "Rounds", { ...ofAll, patrol }),
    fleet: new FleetWatch(scope, "FleetWatch", { ...telling, remedies }),
    discover: new Discovery(scope, "Discovery", { ...telling, admitted }),
  };
}

function servingOf(mcp: Mcp | undefined): Record<string, Agent> {
  return mcp === undefined ? {} : { "mcp-read": mcp.functions.read, "mcp-act": mcp.functions.act };
}

/** Nothing is delivered unless a secret is named. */
function deliveryOf(scope: Construct, props: DeliveryProps): Delivery | undefined {
  return Object.keys(props.secrets).length === 0 ? undefined : new Delivery(scope, "Delivery", props);
}

/** Nothing is told in Git unless a repository is named. */
function gitOf(scope: Construct, props: GitProps): Git | undefined {
  return props.repositories.length === 0 ? undefined : new Git(scope, "Git", props);
}

/** Closed unless one is named. */
function waysInOf(scope: Construct, props: WaysInProps): WaysIn | undefined {
  return props.ways.length === 0 ? undefined : new WaysIn(scope, "WaysIn", props);
}
