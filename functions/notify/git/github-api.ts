import * as z from "zod";
import { notUnderstood, refused, sender, type GitRequest, type Send } from "./request.ts";
import type { GitHubSettings } from "./settings.ts";

/** Source: docs.github.com, "REST API endpoints for repositories" */
const Repository = z.object({
  private: z.boolean(),
  archived: z.boolean(),
  has_issues: z.boolean(),
  default_branch: z.string(),
});

/** What a status means for all requests to a repository, and what to do about it. */
const MEANINGS: Readonly<Record<number, string>> = {
  301: "The repository was moved: change the setting.",
  307: "The repository was moved: change the setting.",
  401: "The token is wrong, expired or revoked: put a new one into the secret.",
  403: "The token may not do that: it needs Issues read and write, and for reverts Contents and Pull requests read and write.",
  404: "There is no such repository, or the token may not see it.",
  410: "Issues are switched off in the repository: switch them on, or take it out of the settings.",
};

/** What a repository on GitHub is asked, and how its answers are read. */
export class GitHub {
  readonly #send: Send;
  readonly #token: string;
  readonly #root: string;
  /** The owner of the repository. */
  readonly owner: string;

  constructor({ api, repository }: Pick<GitHubSettings, "api" | "repository">, token: string) {
    this.#token = token;
    this.#root = `${api}/repos/${repository}`;
    this.owner = repository.split("/")[0] ?? "";
    this.#send = sender(() => ({
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    }));
  }

  /** The answer in that form. @throws RemediationError `DeliveryRefused`, `DeliveryFailed` */
  async ask<Type extends z.ZodType>(
    type: Type,
    method: GitRequest["method"],
    path: string,
    body?: unknown,
  ): Promise<z.output<Type>> {
    const found = await this.askFor(type, method, path, [], body);
    if ("status" in found) throw new Error("A status that nobody asked for");
    return found.value;
  }

  /** The same, where some statuses are answers as well. */
  async askFor<Type extends z.ZodType>(
    type: Type,
    method: GitRequest["method"],
    path: string,
    statuses: readonly number[],
    body?: unknown,
  ): Promise<{ value: z.output<Type> } | { status: number }> {
    const request = { method, url: `${this.#root}${path}`, ...(body === undefined ? {} : { body }) };
    const answer = await this.#send(request);
    if (statuses.includes(answer.status)) return { status: answer.status };
    if (answer.status < 200 || answer.status >= 300) throw refused(request, answer, MEANINGS, this.#token);
    const parsed = type.safeParse(answer.json);
    if (!parsed.success) throw notUnderstood(request, "GitHub");
    return { value: parsed.data };
  }

  async repository(): Promise<z.output<typeof Repository>> {
    return await this.ask(Repository, "GET", "");
  }
}
