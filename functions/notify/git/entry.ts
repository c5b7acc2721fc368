import * as z from "zod";
import type { Occasion } from "./occasion.ts";

/** An issue, or a pull or merge request, that this function has opened. */
const Thread = z.object({
  is: z.enum(["issue", "revert"]),
  /** Its number, as people see it; 0 of a webhook, which tells none. */
  number: z.int(),
  url: z.string(),
  /** The ID of the message that opened it. */
  opened_by: z.string(),
  /** A digest of title and text as the server has them: whoever has edited it has taken it over. */
  text: z.string(),
  /** How many comments are this function's. */
  comments: z.int(),
  /** Whether it stays open when the workload works again, since the repository holds what failed. */
  stays: z.boolean(),
  /** The ID of the message whose comment that it works again is there. */
  ended_by: z.string().optional(),
});
export type Thread = z.output<typeof Thread>;

/** What is known of one workload's thread. */
export const Entry = z.object({
  /** Grows with each time that it is written. */
  revision: z.int(),
  /** When the latest message was published that it takes in. SNS keeps no order. */
  latest: z.iso.datetime(),
  /** The IDs of the latest messages that are done. */
  done: z.array(z.string()),
  /** What the thread says last. */
  state: z.string().optional(),
  thread: Thread.optional(),
  /** What was begun and is not known to be done. */
  doing: z
    .object({
      id: z.string(),
      what: z.enum(["open", "comment", "end"]),
      state: z.string(),
      stays: z.boolean(),
      at: z.iso.datetime(),
    })
    .optional(),
});
export type Entry = z.output<typeof Entry>;
export type Doing = NonNullable<Entry["doing"]>;

/** How many IDs of messages are remembered. */
const REMEMBERED = 20;

/** What is known of a workload that nothing was told of. */
export const NOTHING_KNOWN: Entry = { revision: 0, latest: "1970-01-01T00:00:00.000Z", done: [] };

/** What is to be done for a message, as far as what is known tells; `comment` still asks whether the thread is open, and says that already. */
export type Step = "done before" | "overtaken" | "nothing new" | "open" | "comment" | "end";

/** Decides what a message is to do. Pure. */
export function stepFor({ done, latest, thread, state }: Entry, occasion: Occasion, at: string): Step {
  if (done.includes(occasion.id)) return "done before";
  if (Date.parse(at) < Date.parse(latest)) return "overtaken";
  // One that stays open says already that nothing fails any more, until something else is added.
  const isEnded = thread?.ended_by !== undefined && done.includes(thread.ended_by);
  if (occasion.is === "over") return thread === undefined || isEnded ? "nothing new" : "end";
  // Whoever closed the issue has read what it says. What was rolled back again came back after that.
  if (occasion.is === "needed" && state === occasion.state) return "nothing new";
  return thread === undefined ? "open" : "comment";
}

/** What is known once a message is done. */
export function after(entry: Entry, { id, at, ...changed }: { id: string; at: string } & Partial<Entry>): Entry {
  const { doing: _doing, ...rest } = entry;
  return { ...rest, ...changed, latest: latestOf(entry.latest, at), done: [...entry.done, id].slice(-REMEMBERED) };
}

/** What is known when what was begun is known not to be done. */
export function without(entry: Entry): Entry {
  const { doing: _doing, ...rest } = entry;
  return rest;
}

/** A thread that is over: what fails next is new. */
export function ended(entry: Entry): Entry {
  const { thread: _thread, state: _state, ...rest } = without(entry);
  return rest;
}

function latestOf(one: string, another: string): string {
  return Date.parse(one) > Date.parse(another) ? one : another;
}
