import * as z from "zod";
import { Rest } from "./rest.ts";
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

/** A repository on GitHub. */
export class GitHub extends Rest {
  /** The owner of the repository. */
  readonly owner: string;

  constructor({ api, repository }: Pick<GitHubSettings, "api" | "repository">, token: string) {
    const headers = {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    };
    super({ name: "GitHub", root: `${api}/repos/${repository}`, token, headers, meanings: MEANINGS });
    this.owner = repository.split("/")[0] ?? "";
  }

  async repository(): Promise<z.output<typeof Repository>> {
    return await this.ask(Repository, "GET", "");
  }
}
