import { RemediationError } from "../../shared/errors.ts";
import type { Thread } from "./entry.ts";

/** What is written: Markdown that ends with a mark, by which it is found again. */
export interface Post {
  title: string;
  body: string;
  /** The ID of the message that it tells. */
  id: string;
}

/** What was opened, as the server has it. */
export type Opened = Pick<Thread, "is" | "number" | "url" | "text">;

/** How a thread is now. */
export interface Look {
  isOpen: boolean;
  /** Whether it is as this function left it: nobody has answered, edited, assigned or labelled it. */
  isUntouched: boolean;
}

/** Two commits that were deployed one after the other: the earlier one runs again. */
export interface Deployed {
  from: string;
  to: string;
}

/** A revert that was opened, or why it is not certain what to revert. */
export type Reverted = Opened | { unsure: string };

/**
 * Where issues are opened. Each of its methods is one question or one write.
 * @throws RemediationError `DeliveryRefused` for an answer that is final, `DeliveryFailed` for one that may be another later, and
 *   where there is none
 */
export interface GitServer {
  /** Refuses where nothing may be told. */
  check(): Promise<void>;
  open(post: Post): Promise<Opened>;
  /** What a message opened since then, if it did. */
  find(id: string, since: Date): Promise<Opened | undefined>;
  /** Undefined where it is not there any more. */
  look(thread: Thread): Promise<Look | undefined>;
  comment(thread: Thread, post: Post, isEnd: boolean): Promise<void>;
  hasComment(thread: Thread, id: string, since: Date): Promise<boolean>;
  close(thread: Thread): Promise<void>;
  /** Undefined where it opens no reverts. */
  revert?(deployed: Deployed, post: Post): Promise<Reverted>;
}

const MARK = "eks-remediation";

/** The line by which what a message wrote is known again. It shows in no browser. */
export function markOf(id: string): string {
  return `<!-- ${MARK}:${id} -->`;
}

/** Whether a text was written for that message. */
export function isMarked(text: string | null | undefined, id: string): boolean {
  return text?.includes(markOf(id)) === true;
}

/** What each thing that was opened is labelled with, where the token may do that. */
export const LABEL = MARK;

/** That nothing may be told in a repository. */
export function unfit({ repository }: { repository: string }, why: string): RemediationError {
  return new RemediationError("DeliveryRefused", `Nothing is opened in ${repository}: it ${why}.`);
}
