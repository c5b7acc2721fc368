import * as z from "zod";
import { notUnderstood, refused, sender, type Answer, type GitRequest, type Send } from "./request.ts";
import type { GitLabSettings } from "./settings.ts";

/** Source: docs.gitlab.com, "Projects API" */
const Project = z.object({
  visibility: z.string(),
  archived: z.boolean(),
  issues_access_level: z.string().optional(),
  default_branch: z.string().nullish(),
});

/** What a status means for all requests to a project, and what to do about it. */
const MEANINGS: Readonly<Record<number, string>> = {
  401: "The token is wrong, expired or revoked: put a new one into the secret.",
  403: "The token may not do that: it needs the scope api, with the role Reporter, and for reverts Developer; and issues have to be switched on.",
  404: "There is no such project, or the token may not see it.",
};
/** What a project on GitLab is asked, and how its answers are read. */
export class GitLab {
  readonly #send: Send;
  readonly #token: string;
  readonly #root: string;

  constructor({ api, repository }: Pick<GitLabSettings, "api" | "repository">, token: string) {
    this.#token = token;
    this.#root = `${api}/projects/${encodeURIComponent(repository)}`;
    this.#send = sender(() => ({ "private-token": token }));
  }

  /** The answer in that form. @throws RemediationError `DeliveryRefused`, `DeliveryFailed` */
  async ask<Type extends z.ZodType>(
    type: Type,
    method: GitRequest["method"],
    path: string,
    body?: unknown,
  ): Promise<z.output<Type>> {
    const found = await this.askFor(type, method, path, [], body);
    if ("answer" in found) throw new Error("A status that nobody asked for");
    return found.value;
  }

  /** The same, where some statuses are answers as well. */
  async askFor<Type extends z.ZodType>(
    type: Type,
    method: GitRequest["method"],
    path: string,
    statuses: readonly number[],
    body?: unknown,
  ): Promise<{ value: z.output<Type> } | { answer: Answer }> {
    const request = { method, url: `${this.#root}${path}`, ...(body === undefined ? {} : { body }) };
    const answer = await this.#send(request);
    if (statuses.includes(answer.status)) return { answer };
    if (answer.status < 200 || answer.status >= 300) throw refused(request, answer, MEANINGS, this.#token);
    const parsed = type.safeParse(answer.json);
    if (!parsed.success) throw notUnderstood(request, "GitLab");
    return { value: parsed.data };
  }

  async project(): Promise<z.output<typeof Project>> {
    return await this.ask(Project, "GET", "");
  }
}
