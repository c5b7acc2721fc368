import type * as z from "zod";
import { notUnderstood, refused, sender, type GitRequest, type Send } from "./request.ts";

/** The API of one repository. */
export interface RestOptions {
  /** Whose API it is, in words. */
  name: string;
  /** The address of the repository, below which paths are asked for. */
  root: string;
  token: string;
  /** What tells the server who asks. */
  headers: Readonly<Record<string, string>>;
  /** What a status means for all requests to a repository, and what to do about it. */
  meanings: Readonly<Record<number, string>>;
}

/** What a repository is asked, and how its answers are read. */
export class Rest {
  readonly #options: RestOptions;
  readonly #send: Send;

  constructor(options: RestOptions) {
    this.#options = options;
    this.#send = sender(() => ({ ...options.headers }));
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
    const { name, root, token, meanings } = this.#options;
    const request = { method, url: `${root}${path}`, ...(body === undefined ? {} : { body }) };
    const answer = await this.#send(request);
    if (statuses.includes(answer.status)) return { status: answer.status };
    if (answer.status < 200 || answer.status >= 300) throw refused(request, answer, meanings, token);
    const parsed = type.safeParse(answer.json);
    if (!parsed.success) throw notUnderstood(request, name);
    return { value: parsed.data };
  }
}
