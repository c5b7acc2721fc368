import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { timeLeft } from "../../shared/time-left.ts";
import { publishedAt, toldIn } from "../deliver/told.ts";
import type { NotificationDocument } from "../notification.ts";
import { deployedOf } from "./deployed.ts";
import { after, ended, stepFor, without, type Doing, type Entry, type Thread } from "./entry.ts";
import { hourOf, type Ledger } from "./ledger.ts";
import { occasionOf } from "./occasion.ts";
import type { GitServer, Opened } from "./server.ts";
import type { GitRepository } from "./settings.ts";
import { settled } from "./settled.ts";
import { endPost, issuePost, revertPost, type Told } from "./words.ts";

/** What the function may use. */
export interface GitEnvironment {
  repository: GitRepository;
  ledger: Ledger;
  /** @throws RemediationError `DeliveryFailed` when the secret cannot be read, `DeliveryRefused` when it holds no token */
  server: (document: NotificationDocument) => Promise<GitServer>;
  now: () => Date;
  sleep: (milliseconds: number) => Promise<unknown>;
}

/** For how long a step that was begun may still be under way, in milliseconds: as long as the function may run. */
export const UNDER_WAY_MS = 120_000;
/** How often it is looked whether another one is done, and how much time has to be left for one's own step, in milliseconds. */
const LOOK_MS = 5_000;
const STEP_MS = 30_000;

/**
 * Tells an outcome in a repository: opens one issue for a workload, adds what changes, and ends it when nothing fails any more. What
 * is delivered twice, late or in another order is told once; each write is noted before it begins, so that one that ended without
 * an answer is looked for before it is done again.
 * @throws RemediationError `DeliveryFailed`, to be tried again; `DeliveryRefused`, which trying again does not mend
 */
export async function tellGit(event: unknown, environment: GitEnvironment): Promise<{ status: string }> {
  const { repository, ledger, now } = environment;
  const message = toldIn(event);
  if (message === undefined) return { status: "not understood" };
  const occasion = message.is === "outcome" ? occasionOf(message.document, repository) : undefined;
  if (message.is !== "outcome" || occasion === undefined) return { status: "not for it" };
  const { document } = message;
  const at = publishedAt(event) ?? now().toISOString();
  const told: Told = { document, occasion, at, ...revertable(document, repository) };
  for (;;) {
    const entry = await ledger.read(occasion.subject);
    const step = stepFor(entry, occasion, at);
    if (step === "done before" || step === "overtaken") return { status: step };
    const work = new Work(told, entry, environment);
    if (entry.doing !== undefined) await work.settle(entry.doing);
    else if (step === "nothing new") {
      if (await work.keep(after(entry, { id: occasion.id, at }))) return { status: step };
    } else {
      const status = await work.carryOut(step);
      if (status !== undefined) return { status };
    }
  }
}

/** The commits of a rollback, where the repository is to have a revert. */
function revertable(document: NotificationDocument, repository: GitRepository): Pick<Told, "deployed"> {
  const isWanted = repository.kind !== "webhook" && repository.opens === "revert";
  return isWanted && document.outcome === "Recovered" ? { deployed: deployedOf(document) } : {};
}

/** The work on one workload's thread, from what is known of it on. Each of its parts tells whether nobody else did something meanwhile. */
class Work {
  readonly #told: Told;
  #entry: Entry;
  readonly #environment: GitEnvironment;

  constructor(told: Told, entry: Entry, environment: GitEnvironment) {
    this.#told = told;
    this.#entry = entry;
    this.#environment = environment;
  }

  /** Keeps what is known now, unless somebody else has done so. */
  async keep(entry: Entry): Promise<boolean> {
    const next = { ...entry, revision: this.#entry.revision + 1 };
    const { ledger, now } = this.#environment;
    const isKept = await ledger.keep(this.#told.occasion.subject, next, now());
    if (isKept) this.#entry = next;
    return isKept;
  }

  /** Waits while another message is under way; what one has left is looked for on the server. */
  async settle(doing: Doing): Promise<void> {
    const { now, sleep } = this.#environment;
    if (now().getTime() - Date.parse(doing.at) >= UNDER_WAY_MS) {
      await this.keep(await settled(this.#entry, doing, await this.#server()));
    } else if (timeLeft() < LOOK_MS + STEP_MS) {
      throw new RemediationError("DeliveryFailed", "Another message of the same workload is under way.");
    } else {
      await sleep(LOOK_MS);
    }
  }

  /** What came of it; undefined where somebody else was first, and all of it is to be decided anew. */
  async carryOut(step: "open" | "comment" | "end"): Promise<string | undefined> {
    const server = await this.#server();
    await server.check();
    const { thread } = this.#entry;
    if (step === "open" || thread === undefined) return await this.#open(server);
    const look = await server.look(thread);
    if (step === "end") return await this.#end(server, thread, look);
    if (look?.isOpen !== true) return await this.#open(server);
    const { occasion } = this.#told;
    if (this.#entry.state === occasion.state) return await this.#done(this.#entry, "nothing new");
    return await this.#comment(server, thread);
  }

  async #open(server: GitServer): Promise<string | undefined> {
    const told = await this.#counted();
    if (told === undefined) return "held back";
    if (!(await this.#begin("open"))) return undefined;
    const { id: opened_by, state, is } = told.occasion;
    const opened = await this.#sure(async () => await openedBy(server, told, this.#environment.repository));
    const thread: Thread = { ...opened, opened_by, comments: 0, stays: is === "behind" };
    return await this.#done({ ...this.#entry, thread, state }, opened.is === "revert" ? "revert opened" : "opened");
  }

  async #comment(server: GitServer, thread: Thread): Promise<string | undefined> {
    const told = await this.#counted();
    if (told === undefined) return "held back";
    if (!(await this.#begin("comment"))) return undefined;
    const { state, is } = told.occasion;
    const said = told.deployed === undefined ? told : { ...told, deployed: { unsure: "there was an issue already" } };
    await this.#sure(async () => {
      await server.comment(thread, issuePost(said, false), false);
    });
    const { ended_by: _ended, ...rest } = thread;
    const stays = thread.stays || is === "behind";
    const next = { ...rest, comments: thread.comments + 1, stays };
    return await this.#done({ ...this.#entry, thread: next, state }, "added");
  }

  /** Nobody's issue is closed: it is closed where it is as this function left it, and the repository holds no version that failed. */
  async #end(
    server: GitServer,
    before: Thread,
    look: Awaited<ReturnType<GitServer["look"]>>,
  ): Promise<string | undefined> {
    if (look?.isOpen !== true) return await this.#done(ended(this.#entry), "ended before");
    if (!(await this.#begin("end"))) return undefined;
    const { id, state } = this.#told.occasion;
    let thread = before;
    if (before.ended_by !== id) {
      await this.#sure(async () => {
        await server.comment(before, endPost(this.#told), true);
      });
      thread = { ...before, comments: before.comments + 1, ended_by: id };
      if (!(await this.keep({ ...this.#entry, thread }))) return undefined;
    }
    if (thread.stays || !look.isUntouched) return await this.#done({ ...this.#entry, state }, "ended, left open");
    await this.#sure(async () => {
      await server.close(thread);
    });
    return await this.#done(ended(this.#entry), "ended");
  }

  /** What is told, if as much may still be written in this hour. */
  async #counted(): Promise<Told | undefined> {
    const { ledger, repository, now } = this.#environment;
    const most = repository.per_hour;
    const written = await ledger.count(most, now());
    if (written === undefined) return undefined;
    return written < most ? this.#told : { ...this.#told, lastUntil: hourOf(now()).end };
  }

  /** Notes what is begun, before it is. */
  async #begin(what: Doing["what"]): Promise<boolean> {
    const { id, state, is } = this.#told.occasion;
    const doing = { id, what, state, stays: is === "behind", at: this.#environment.now().toISOString() };
    return await this.keep({ ...this.#entry, doing });
  }

  /** Does what was noted. Of what was refused it is noted that it is not done. */
  async #sure<Value>(write: () => Promise<Value>): Promise<Value> {
    try {
      return await write();
    } catch (error) {
      if (isRemediationError(error, "DeliveryRefused")) await this.keep(without(this.#entry));
      throw error;
    }
  }

  /** Where somebody else was first after all, what is known is read anew, and says that it is done or looks for it. */
  async #done(entry: Entry, status: string): Promise<string | undefined> {
    const { at, occasion } = this.#told;
    return (await this.keep(after(entry, { id: occasion.id, at }))) ? status : undefined;
  }

  async #server(): Promise<GitServer> {
    return await this.#environment.server(this.#told.document);
  }
}

/** Opens a revert where it is certain what to revert, and an issue otherwise, which says why it is none. */
async function openedBy(server: GitServer, told: Told, { kind }: GitRepository): Promise<Opened> {
  const { deployed } = told;
  const isKept = kind !== "webhook";
  if (deployed === undefined || "unsure" in deployed || server.revert === undefined)
    return await server.open(issuePost(told, isKept));
  const reverted = await server.revert(deployed, revertPost(told, deployed)).catch((error: unknown) => {
    if (!isRemediationError(error, "DeliveryRefused")) throw error;
    return { unsure: error.message };
  });
  return "unsure" in reverted ? await server.open(issuePost({ ...told, deployed: reverted }, isKept)) : reverted;
}
