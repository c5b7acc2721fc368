import { after, without, type Doing, type Entry } from "./entry.ts";
import type { GitServer } from "./server.ts";

/** How much the server's clock may be behind, in milliseconds. */
const CLOCK_MS = 60_000;

/** What is known once it was looked on the server whether what was begun is done. @throws RemediationError as the server does */
export async function settled(entry: Entry, { id, what, state, stays, at }: Doing, server: GitServer): Promise<Entry> {
  const since = new Date(Date.parse(at) - CLOCK_MS);
  const { thread } = entry;
  if (what === "open") {
    const opened = await server.find(id, since);
    if (opened === undefined) return without(entry);
    const found = { ...opened, opened_by: id, comments: 0, stays };
    return after(entry, { id, at: entry.latest, thread: found, state });
  }
  if (thread === undefined || !(await server.hasComment(thread, id, since))) return without(entry);
  const comments = thread.comments + 1;
  if (what === "comment") {
    return after(entry, { id, at: entry.latest, state, thread: { ...thread, comments, stays: thread.stays || stays } });
  }
  // Whether it is closed as well is for the message itself, which is sent again.
  return without({
    ...entry,
    thread: { ...thread, comments: thread.ended_by === id ? thread.comments : comments, ended_by: id },
  });
}
