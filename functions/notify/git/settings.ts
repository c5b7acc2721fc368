import { createHash } from "node:crypto";
import * as z from "zod";
import { clusterNameField } from "../../shared/cluster-name.ts";
import { namespaceName } from "../../shared/policy.ts";

/** A secret of Secrets Manager by its whole ARN, the six characters at its end included: nothing else may be read by it. */
const SECRET =
  /^arn:aws[a-z-]*:secretsmanager:[a-z]{2}(-[a-z]+)+-\d+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}$/;
/** Source: the SNS developer guide, "Amazon SNS subscription filter policies", "Filter policy constraints" */
const MAX_COMBINATIONS = 150;

/** An address below which paths are asked for: HTTPS, and nothing that is secret or cut off. */
const base = z
  .string()
  .max(500)
  .refine((text) => {
    const url = URL.parse(text);
    const isPlain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
    return isPlain && url.protocol === "https:";
  }, "must be an https address without credentials, ? and #")
  .transform((text) => text.replace(/\/+$/, ""));

const common = {
  /** The ARN of the secret that holds the token: as it is, or as `{"token": "…"}`. For a webhook, the key that signs. */
  secret: z.string().regex(SECRET, "must be the whole ARN of a secret of Secrets Manager, and not what it holds"),
  /** The namespaces whose workloads are told there. Default: all. */
  namespaces: z.array(namespaceName).min(1).max(MAX_COMBINATIONS).optional(),
  /** The clusters, by their names as notifications have them. Default: all that the deployment looks after. */
  clusters: z.array(clusterNameField).min(1).max(MAX_COMBINATIONS).optional(),
  /** How many issues, reverts and comments there may be in an hour. */
  per_hour: z.int().min(1).max(100).default(10),
};

/** What is opened: an issue; or a revert of the commit that brought a failure where that is certain, and an issue otherwise. */
const opens = z.enum(["issue", "revert"], "must be issue or revert").default("issue");

const GitHub = z.strictObject({
  kind: z.literal("github"),
  /** `owner/name`. */
  repository: z.string().regex(/^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/, "must be owner/name"),
  /** The address of the REST API; of a GitHub Enterprise Server `https://HOST/api/v3`. */
  api: base.default("https://api.github.com"),
  opens,
  ...common,
});
export type GitHubSettings = z.output<typeof GitHub>;

const GitLab = z.strictObject({
  kind: z.literal("gitlab"),
  /** `group/project`, with any groups between. */
  repository: z
    .string()
    .max(255)
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/, "must be group/project"),
  /** The address of the REST API. */
  api: base.default("https://gitlab.com/api/v4"),
  opens,
  ...common,
});
export type GitLabSettings = z.output<typeof GitLab>;

const Webhook = z.strictObject({
  kind: z.literal("webhook"),
  /** Where events are sent. */
  url: base,
  ...common,
});
export type WebhookSettings = z.output<typeof Webhook>;

/** One repository in which issues are opened, and for what. */
export const GitRepository = z
  .discriminatedUnion("kind", [GitHub, GitLab, Webhook])
  .refine(
    ({ namespaces = [""], clusters = [""] }) => namespaces.length * clusters.length <= MAX_COMBINATIONS,
    `must have at most ${MAX_COMBINATIONS} combinations of namespaces and clusters`,
  );
export type GitRepository = z.output<typeof GitRepository>;

/** How many repositories there may be: each is a function of its own. */
const MAX_REPOSITORIES = 10;

/** Where findings are told in Git. */
export const GitSettings = z.strictObject({
  repositories: z
    .array(GitRepository)
    .min(1, "must name at least one")
    .max(MAX_REPOSITORIES)
    .refine((all) => new Set(all.map(idOf)).size === all.length, "must name each repository once"),
});
export type GitSettings = z.output<typeof GitSettings>;

/** What tells a repository from others, and is the same while it is the same: eight digits. */
export function idOf(repository: GitRepository): string {
  const where = repository.kind === "webhook" ? [repository.url] : [repository.api, repository.repository];
  return createHash("sha256")
    .update(JSON.stringify([repository.kind, ...where]))
    .digest("hex")
    .slice(0, 8);
}

/** How a repository is named to people. Whoever may read the log may know it; nothing of it is secret. */
export function nameOf(repository: GitRepository): string {
  const where = repository.kind === "webhook" ? new URL(repository.url).host : repository.repository;
  return `${repository.kind} ${where}`;
}

/** The partition of the record's table that the function of one repository may use, and no other. */
export function partitionOf(id: string): string {
  return `git/${id}`;
}
