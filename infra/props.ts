import type { Duration } from "aws-cdk-lib";
import type { ISecurityGroup, IVpc, SubnetSelection } from "aws-cdk-lib/aws-ec2";
import type { IManagedPolicy } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type * as z from "zod";
import type { MODES } from "../functions/shared/action-mode.ts";
import type { Destination } from "../functions/notify/deliver/destinations.ts";
import type { GitSettings } from "../functions/notify/git/settings.ts";
import type { Policy } from "../functions/shared/policy.ts";
import type { WayIn } from "../functions/ways-in/ways.ts";
import type { Network } from "./network.ts";

/** A remediation policy as one writes it: every field may be left out. `functions/shared/policy.ts` documents them. */
export type PolicyInput = z.input<typeof Policy>;

/** Where findings are told in Git, as one writes it. `functions/notify/git/settings.ts` documents the fields. */
export type GitInput = z.input<typeof GitSettings>;

/** Who is told the outcomes, and the alarms. */
export interface NotificationOptions {
  /** Addresses to subscribe. Each has to confirm its subscription once. */
  readonly emails?: readonly string[] | undefined;
  /**
   * A standard topic to publish on instead of a new one. Its policies are its owner's: it has to let the functions'
   * account and `cloudwatch.amazonaws.com` publish, and its key, if it has one, has to let both use it.
   */
  readonly topic?: ITopic | undefined;
  /** Whether `https` subscribers get the form that Amazon Q Developer in chat applications shows. Default: false. */
  readonly chat?: boolean | undefined;
  /**
   * The SSM parameter that holds the secret of each place to deliver to: the address of a webhook of Slack or Teams, or
   * PagerDuty's routing key. It may stand for a secret of Secrets Manager: `/aws/reference/secretsmanager/NAME`. Default: none.
   */
  readonly deliver?: Partial<Readonly<Record<Destination, string>>> | undefined;
  /** Whether there is a message every Monday on how decisions and deeds of the week were. Default: false. */
  readonly scorecard?: boolean | undefined;
}

/** The clusters that are looked after beside the stack's own, of other accounts and regions too. */
export interface FleetOptions {
  /** The name of the SSM parameter that holds the list of clusters (docs/fleet.md). It is read at run time. */
  readonly parameter: string;
}

/** What can be set for the remediation of one cluster. */
export interface EksRemediationProps {
  /**
   * The EKS cluster to look after, in the account and region of the stack. Its authentication mode has to be `API` or
   * `API_AND_CONFIG_MAP`.
   */
  readonly clusterName: string;
  /** Where the functions run, for a cluster whose endpoint is private. Default: outside any VPC. */
  readonly vpc?: IVpc | undefined;
  /** The subnets of the VPC. Default: those with a way out. */
  readonly subnets?: SubnetSelection | undefined;
  /** The functions' security groups in the VPC. Default: a new one. */
  readonly securityGroups?: readonly ISecurityGroup[] | undefined;
  /** The same by the ids of subnets and security groups, in place of `vpc`. */
  readonly network?: Network | undefined;
  /** Only these namespaces are looked after: shorthand for `policy.namespaces.allow`. Default: all but system ones. */
  readonly namespaces?: readonly string[] | undefined;
  /**
   * How often the cluster is looked at: whole minutes, from one to a day. `false` deploys the schedule disabled; runbooks
   * and people can still start the workflow. Default: every minute.
   */
  readonly schedule?: Duration | false | undefined;
  /** What may be done, and how patiently. Default: each field's own default. */
  readonly policy?: PolicyInput | undefined;
  /**
   * What is done about what a run finds by itself: shorthand for `policy.modes.found`. What an agent or a person asks for is
   * carried out. Default: `observe`: it is told what would be done, and nothing is changed.
   */
  readonly mode?: (typeof MODES)[number] | undefined;
  /**
   * Whether messages have a link by which whoever gets them approves or declines what is proposed, without an account of AWS.
   * Default: false: there is no such page, address or key.
   */
  readonly approvalLinks?: boolean | undefined;
  /** Makes the deployment a hub for further clusters. Default: it can reach no cluster but its own. */
  readonly fleet?: FleetOptions | undefined;
  /** Whether agents that speak the Model Context Protocol are served, behind URLs that IAM guards. Default: false. */
  readonly mcp?: boolean | undefined;
  /**
   * What starts a look at once, beside the schedule: `alarms`, CloudWatch alarms on metrics of the cluster; `alertmanager`, alerts
   * of a Managed Prometheus, on a topic of their own; `events`, rules of yours. Default: none.
   */
  readonly waysIn?: readonly WayIn[] | undefined;
  /** Whether there is a dashboard. AWS bills each beyond the first three of an account. Default: true. */
  readonly dashboard?: boolean | undefined;
  readonly notifications?: NotificationOptions | undefined;
  /** The repositories in which issues, or reverts, are opened. Default: none, and no function that could. */
  readonly git?: GitInput | undefined;
  /** How long logs are kept. Default: one month. */
  readonly logRetention?: RetentionDays | undefined;
  /** How long the record keeps an outcome: whole days, from one to ten years. Default: 365 days. */
  readonly recordRetention?: Duration | undefined;
  /** Encrypts the topic, the queues, the logs, the record and the functions' environment. Default: a new key. */
  readonly encryptionKey?: IKey | undefined;
  /** The permissions boundary of every role. Default: none. */
  readonly permissionsBoundary?: IManagedPolicy | undefined;
  /** How the names of the functions, the state machine and the topic begin. Default: CloudFormation names them. */
  readonly namePrefix?: string | undefined;
  /** Where alarms find `docs/operate.md`, as a URL for example. Default: its path in this project. */
  readonly runbook?: string | undefined;
}
