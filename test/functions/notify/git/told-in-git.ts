import { ledgerIn } from "../../../../functions/notify/git/ledger.ts";
import { githubServer } from "../../../../functions/notify/git/github.ts";
import { gitlabServer } from "../../../../functions/notify/git/gitlab.ts";
import { idOf, type GitRepository } from "../../../../functions/notify/git/settings.ts";
import { tellGit, type GitEnvironment } from "../../../../functions/notify/git/tell.ts";
import type { NotificationDocument } from "../../../../functions/notify/notification.ts";
import { within } from "../../../../functions/shared/time-left.ts";
import { startAws } from "../../../support/aws-over-http.ts";
import { GitHubStandIn } from "../../../support/github-server.ts";
import { GitLabStandIn } from "../../../support/gitlab-server.ts";
import type { Trouble } from "../../../support/git-server.ts";
import { RecordTable } from "../../../support/record-table.ts";
import { document, sns } from "../deliver/documents.ts";

export const SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:git-AbCdEf";
const START = Date.parse("2026-06-01T12:00:00.000Z");

/** A thread on the server, whichever that is. */
export interface Shown {
  title: string;
  body: string;
  isOpen: boolean;
  comments: string[];
  isRevert: boolean;
}

/** A Git server, a table and a clock, and the function that tells outcomes with them. */
export class Playground {
  readonly kind: "github" | "gitlab";
  readonly github = new GitHubStandIn();
  readonly gitlab = new GitLabStandIn();
  readonly table = new RecordTable();
  readonly settings: Partial<GitRepository>;
  token: string;
  /** How long has passed, in milliseconds. */
  elapsed = 0;
  #api = "";
  #stop: (() => void)[] = [];

  constructor(kind: "github" | "gitlab", settings: Partial<GitRepository> = {}) {
    this.kind = kind;
    this.settings = settings;
    this.token = this[kind].token;
  }

  async start(): Promise<this> {
    this.#api = await this[this.kind].server.start();
    this.#stop = [
      () => {
        this[this.kind].server.stop();
      },
      await startAws((operation, input) => this.table.answer(operation, input)),
    ];
    return this;
  }

  stop(): void {
    for (const stop of this.#stop) stop();
  }

  set trouble(trouble: Trouble) {
    this[this.kind].server.trouble = trouble;
  }

  get writes(): string[] {
    return this[this.kind].server.writes;
  }

  get git() {
    return this[this.kind].git;
  }

  /** All that is there, the oldest first. */
  get threads(): Shown[] {
    return this.kind === "github"
      ? this.github.issues.map(({ title, body, state, comments, pull }) => ({
          ...{ title, body, isOpen: state === "open", comments: comments.map((comment) => comment.body) },
          isRevert: pull !== undefined,
        }))
      : this.gitlab.items.map(({ is, title, description, state, notes }) => ({
          ...{ title, body: description, isOpen: state === "opened", comments: notes.map((note) => note.body) },
          isRevert: is === "merge_requests",
        }));
  }

  /** Tells what is told now; what it answers, or the error that it ends with. */
  async tell(overrides: Partial<NotificationDocument> = {}, at = this.now()): Promise<string> {
    try {
      return (await this.deliver(document(overrides), at)).status;
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  }

  async deliver(message: unknown, at = this.now()): Promise<{ status: string }> {
    const event = sns(message) as { Records: { Sns: { Timestamp: string } }[] };
    for (const { Sns: published } of event.Records) published.Timestamp = at.toISOString();
    return await within(110_000, () => tellGit(event, this.environment()));
  }

  now(): Date {
    return new Date(START + this.elapsed);
  }

  /** Lets time pass. */
  pass(minutes: number): void {
    this.elapsed += minutes * 60_000;
  }

  environment(): GitEnvironment {
    const common = { secret: SECRET, per_hour: 10, opens: "issue", api: this.#api } as const;
    const repository = { ...common, kind: this.kind, repository: this[this.kind].repository, ...this.settings };
    const known = repository as GitRepository;
    return {
      repository: known,
      ledger: ledgerIn("outcomes", idOf(known)),
      server: () => {
        if (known.kind === "github") return Promise.resolve(githubServer(known, this.token));
        if (known.kind === "gitlab") return Promise.resolve(gitlabServer(known, this.token));
        throw new Error("Not played here");
      },
      now: () => this.now(),
      sleep: (milliseconds) => {
        this.elapsed += milliseconds;
        return Promise.resolve();
      },
    };
  }
}

/** An outcome of another execution. */
export function run(name: string, overrides: Partial<NotificationDocument> = {}): Partial<NotificationDocument> {
  return { execution: { id: name }, ...overrides };
}

/** What is told once it is well. */
export const WORKS_AGAIN: Partial<NotificationDocument> = {
  ...{ outcome: "Skipped", reason: "NotFailingAnymore", needs_person: false, headline: "Works again" },
  what: "It works again.",
};

const revision = (number: number) => ({
  revision: number,
  kind: "ReplicaSet",
  name: `web-${number}`,
  template: `t${number}`,
});

/** What is told of a rollback that helped. */
export const ROLLED_BACK: Partial<NotificationDocument> = {
  ...{
    outcome: "Recovered",
    action: "rollback",
    needs_person: false,
    headline: "Fixed",
    cause: "CrashLoopAfterRollout",
  },
  change: { kind: "rollback", before: revision(2), after: revision(1), unblocked: [] },
};

/** What is told of a rollback through Argo CD that helped. */
export function syncedBack(from: string, to: string): Partial<NotificationDocument> {
  return {
    ...ROLLED_BACK,
    action: "argo-cd-rollback",
    next_steps: ["Automated sync of Application argocd/shop is paused until somebody resumes it."],
    change: {
      ...{ kind: "argo-cd-rollback", before: revision(2), after: revision(1), automated: {}, resources: 1 },
      application: { namespace: "argocd", name: "shop", uid: "u" },
      from: { id: 2, revisions: [from] },
      to: { id: 1, revisions: [to] },
    },
  };
}
