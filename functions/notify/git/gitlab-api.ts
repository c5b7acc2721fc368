import * as z from "zod";
import { Rest } from "./rest.ts";
import type { GitLabSettings } from "./settings.ts";

/** Source: docs.gitlab.com, "Projects API" */
const Project = z.object({
  visibility: z.string(),
  archived: z.boolean(),
  issues_access_level: z.string().optional(),
  default_branch: z.string().nullish(),
});

/** Source: docs.gitlab.com, "REST API", "Redirects" */
const MOVED = "The project was moved: change the setting.";

/** What a status means for all requests to a project, and what to do about it. */
const MEANINGS: Readonly<Record<number, string>> = {
  301: MOVED,
  302: MOVED,
  307: MOVED,
  308: MOVED,
  401: "The token is wrong, expired or revoked: put a new one into the secret.",
  403: "The token may not do that: it needs the scope api, with the role Reporter, and for reverts Developer; and issues have to be switched on.",
  404: "There is no such project, or the token may not see it.",
};

/** A project on GitLab. */
export class GitLab extends Rest {
  constructor({ api, repository }: Pick<GitLabSettings, "api" | "repository">, token: string) {
    const root = `${api}/projects/${encodeURIComponent(repository)}`;
    super({ name: "GitLab", root, token, headers: { "private-token": token }, meanings: MEANINGS });
  }

  async project(): Promise<z.output<typeof Project>> {
    return await this.ask(Project, "GET", "");
  }
}
