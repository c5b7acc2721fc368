import * as z from "zod";
import { digestOfText } from "./digest.ts";
import type { Thread } from "./entry.ts";
import { GitLab } from "./gitlab-api.ts";
import { gitlabRevert } from "./gitlab-revert.ts";
import { isMarked, LABEL, unfit, type GitServer, type Look, type Opened } from "./server.ts";
import type { GitLabSettings } from "./settings.ts";

/** Sources: docs.gitlab.com, "Issues API", "Merge requests API" */
const Item = z.object({
  iid: z.int(),
  web_url: z.string(),
  state: z.string(),
  title: z.string(),
  description: z.string().nullish(),
  user_notes_count: z.int().default(0),
  assignees: z.array(z.unknown()).nullish(),
  milestone: z.unknown(),
  labels: z.array(z.string()),
});
type Item = z.output<typeof Item>;
const Notes = z.array(z.object({ body: z.string().nullish() }));

/** Where merge requests are switched off, or the token may not see them, none was opened by it. */
const NO_MERGES = [403, 404];
/** How many issues are looked through for one that was opened just now. */
const PAGE = 100;

/** Issues, and merge requests that revert, of a project on gitlab.com or on a GitLab of one's own. */
export function gitlabServer(settings: GitLabSettings, token: string): GitServer {
  const gitlab = new GitLab(settings, token);
  return {
    async check() {
      const { visibility, archived, issues_access_level: issues } = await gitlab.project();
      if (visibility === "public")
        throw unfit(settings, "is public, and issues would show to everybody what containers said");
      if (archived) throw unfit(settings, "is archived");
      if (issues === "disabled") throw unfit(settings, "has its issues switched off");
    },
    async open({ title, body }) {
      return openedOf("issue", await gitlab.ask(Item, "POST", "/issues", { title, description: body, labels: LABEL }));
    },
    async find(id, since) {
      const query = `order_by=created_at&sort=desc&per_page=${PAGE}&created_after=${since.toISOString()}`;
      for (const [is, path] of [
        ["issue", "/issues?scope=all&"],
        ["revert", "/merge_requests?scope=all&state=all&"],
      ] as const) {
        const items = await gitlab.askFor(z.array(Item), "GET", `${path}${query}`, is === "revert" ? NO_MERGES : []);
        if ("status" in items) continue;
        const found = items.value.find(({ description }) => isMarked(description, id));
        if (found !== undefined) return openedOf(is, found);
      }
      return undefined;
    },
    async look(thread) {
      const found = await gitlab.askFor(Item, "GET", pathOf(thread), [404]);
      return "status" in found ? undefined : lookOf(found.value, thread);
    },
    async comment(thread, { body }) {
      await gitlab.ask(z.unknown(), "POST", `${pathOf(thread)}/notes`, { body });
    },
    async hasComment(thread, id) {
      const path = `${pathOf(thread)}/notes?order_by=created_at&sort=desc&per_page=${PAGE}`;
      return (await gitlab.ask(Notes, "GET", path)).some(({ body }) => isMarked(body, id));
    },
    async close(thread) {
      await gitlab.ask(z.unknown(), "PUT", pathOf(thread), { state_event: "close" });
    },
    revert: async (deployed, post) => await gitlabRevert(gitlab, deployed, post),
  };
}

function pathOf({ is, number }: Pick<Thread, "is" | "number">): string {
  return `/${is === "issue" ? "issues" : "merge_requests"}/${number}`;
}

function openedOf(is: Opened["is"], { iid, web_url: url, title, description }: Item): Opened {
  return { is, number: iid, url, text: digestOfText(title, description) };
}

function lookOf(item: Item, { text, comments }: Thread): Look {
  return {
    isOpen: item.state === "opened",
    isUntouched:
      item.user_notes_count === comments &&
      (item.assignees ?? []).length === 0 &&
      item.milestone == null &&
      item.labels.every((name) => name === LABEL) &&
      digestOfText(item.title, item.description) === text,
  };
}
