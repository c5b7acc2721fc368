import { randomUUID } from "node:crypto";
import { ApiError, badRequest } from "../api-error.ts";
import type { Clock } from "../clock.ts";
import type { ApiObject } from "../api-object.ts";

/** How long the rest of a list can be asked for, in seconds: what etcd's compaction leaves. */
const LIFETIME_SECONDS = 300;

/** A page of a list, all of whose pages show the same moment. */
export interface Page {
  items: ApiObject[];
  /** The resource version of that moment. */
  version: string;
  /** What to ask for the next page with. */
  continue?: string;
  remaining?: number;
}

/** What a list or a Table says about itself. */
export function listMetadata({ version, continue: token, remaining }: Page): object {
  return {
    resourceVersion: version,
    ...(token === undefined ? {} : { continue: token }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  };
}

/** The lists that are being read page by page. */
export class Pages {
  readonly #clock: Clock;
  readonly #rest = new Map<string, { items: ApiObject[]; version: string; expires: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The first page of a list; a limit of 0 is none.
   * @param counted whether it says how many are left
   */
  first(items: ApiObject[], version: string, limit: number, counted = true): Page {
    if (limit === 0 || items.length <= limit) return { items, version };
    this.#forgetExpired();
    const token = tokenOf({ v: "meta.k8s.io/v1", rv: Number(version), start: randomUUID() });
    const expires = this.#clock.now().getTime() + LIFETIME_SECONDS * 1_000;
    this.#rest.set(token, { items: items.slice(limit), version, expires });
    const page = { items: items.slice(0, limit), version, continue: token };
    return counted ? { ...page, remaining: items.length - limit } : page;
  }

  /** @throws ApiError BadRequest for what is no token, Expired (410) for one that is too old */
  next(token: string, limit: number, counted = true): Page {
    this.#forgetExpired();
    const rest = this.#rest.get(token);
    if (rest !== undefined) return this.first(rest.items, rest.version, limit, counted);
    if (!isToken(token)) throw badRequest("invalid continue token: continue key is not valid");
    throw new ApiError(
      410,
      "Expired",
      "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.",
    );
  }

  #forgetExpired(): void {
    const now = this.#clock.now().getTime();
    for (const [token, { expires }] of this.#rest) if (expires <= now) this.#rest.delete(token);
  }
}

function tokenOf(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function isToken(token: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && "rv" in value;
  } catch {
    return false;
  }
}
