import type { Reader } from "../shared/cluster/cluster.ts";
import { mapConcurrently } from "../shared/concurrency.ts";
import type { BlindSpot } from "../run/detection.ts";
import { isRemediationError, type RemediationError } from "../shared/errors.ts";
import { objectIn } from "../shared/cluster/paths.ts";
import { bounded } from "../shared/text.ts";
import { inTurn } from "./fair.ts";
import { cellsOf, type Table } from "./table.ts";
import type { SuspectRule } from "../kinds/suspects.ts";

/** How many requests are under way at the same time: enough to be quick, few enough to go unnoticed. */
const CONCURRENCY = 8;
/** The watch cache is fresh enough to find what fails; a step that acts reads again. */
const FROM_CACHE = { resourceVersion: "0" };

/** What a look at one collection brought. */
export interface Look<T> {
  /** How many objects there are. */
  seen: number;
  /** The objects that may fail, in full. */
  suspects: T[];
}

/**
 * One scan's view of a cluster: reads collections as printed rows, suspects in full, and remembers what it could not see
 * instead of giving up. Errors that hold for the whole cluster end the scan.
 */
export class View {
  readonly cluster: Reader;
  readonly blindSpots: { what: string; place: string; error: RemediationError }[] = [];
  /** The collections whose API is not installed. */
  readonly #absent = new Set<string>();
  readonly #known = new Map<string, Promise<unknown>>();
  #sights = 0;

  constructor(cluster: Reader) {
    this.cluster = cluster;
  }

  /** Whether anything could be seen that tells how workloads are. */
  get sawSomething(): boolean {
    return this.#sights > 0;
  }

  /**
   * Runs a look; undefined, and a blind spot, when this part of the cluster cannot be seen. A collection is there, empty,
   * wherever its API is installed.
   * @param place the namespace that it is in; none for what is of the whole cluster
   * @param telling whether what is seen there could tell that all is well
   * @param optionalApi the collection whose API a cluster may do without: undefined, and no blind spot, where it is not
   *   installed, which is asked for until it is known
   */
  async tryTo<T>(
    what: string,
    look: () => Promise<T>,
    {
      place = "",
      telling = true,
      optionalApi,
    }: { place?: string | undefined; telling?: boolean; optionalApi?: string } = {},
  ): Promise<T | undefined> {
    if (optionalApi !== undefined && this.#absent.has(optionalApi)) return undefined;
    try {
      const result = await look();
      if (telling) this.#sights++;
      return result;
    } catch (error) {
      if (optionalApi !== undefined && isRemediationError(error, "NotFound")) {
        this.#absent.add(optionalApi);
        return undefined;
      }
      if (!isRemediationError(error, "Forbidden", "ClusterUnavailable", "ClusterThrottled")) throw error;
      this.blindSpots.push({ what, place, error });
      return undefined;
    }
  }

  /** What is looked at once in a scan, whoever asks for it first. */
  async once<T>(what: string, look: () => Promise<T>): Promise<T> {
    const known = (this.#known.get(what) as Promise<T> | undefined) ?? look();
    this.#known.set(what, known);
    return await known;
  }

  /** Runs a task for each item, a bounded number at a time. */
  async each<Item, Result>(items: readonly Item[], task: (item: Item) => Promise<Result>): Promise<Result[]> {
    return await mapConcurrently(items, CONCURRENCY, task);
  }

  /** Reads one object; undefined when it is gone. */
  async read<T>(path: string): Promise<T | undefined> {
    try {
      return await this.cluster.get<T>(path, FROM_CACHE);
    } catch (error) {
      if (isRemediationError(error, "NotFound")) return undefined;
      throw error;
    }
  }

  /** Reads a whole collection. */
  async list<T>(path: string, query: Record<string, string> = {}): Promise<T[]> {
    return await this.cluster.list<T>(path, { ...FROM_CACHE, ...query });
  }

  /**
   * Looks at the collection of one namespace: rows to find suspects, full reads of these alone. A server that prints
   * other columns is asked for all objects instead.
   */
  async look<T>(collection: string, rule: SuspectRule, also?: (table: Table) => string[]): Promise<Look<T>> {
    const table = await this.cluster.table<Table>(collection, rule.query);
    const rows = cellsOf(table, rule.columns);
    if (rows === undefined) {
      const objects = await this.cluster.list<T>(collection);
      return { seen: objects.length, suspects: objects };
    }
    const names = new Set(rows.filter((cells) => rule.isSuspect(...cells)).map(([name]) => name ?? ""));
    for (const name of also?.(table) ?? []) names.add(name);
    const suspects = await this.each([...names], async (name) => await this.read<T>(objectIn(collection, name)));
    return { seen: rows.length, suspects: suspects.filter((object) => object !== undefined) };
  }

  /**
   * Looks at a collection of the whole cluster. Rows do not tell the namespace, so a suspect is looked up by its name;
   * many suspects are read with all the others.
   */
  async lookEverywhere<T>(collection: string, rule: SuspectRule): Promise<Look<T>> {
    const rows = cellsOf(await this.cluster.table<Table>(collection), rule.columns);
    const names = [...new Set(rows?.filter((cells) => rule.isSuspect(...cells)).map(([name]) => name ?? ""))];
    if (rows === undefined || names.length > MAX_LOOKUPS) {
      const objects = await this.cluster.list<T>(collection);
      return { seen: objects.length, suspects: objects };
    }
    const found = await this.each(
      names,
      async (name) => await this.list<T>(collection, { fieldSelector: `metadata.name=${name}` }),
    );
    return { seen: rows.length, suspects: found.flat() };
  }

  /** How many objects of a collection want pods: by the printed rows, or by the objects where a server prints others. */
  async count<T>(collection: string, { columns, wantsNone, query }: SuspectRule, wants: (object: T) => boolean) {
    const rows = cellsOf(await this.cluster.table<Table>(collection, query), columns);
    if (rows === undefined) return (await this.cluster.list<T>(collection)).filter(wants).length;
    return rows.filter((cells) => wantsNone?.(...cells) !== true).length;
  }

  /** The blind spots in the words of the contract: the first few, of each namespace in turn, and how many more. */
  describeBlindSpots(): BlindSpot[] {
    const fair = inTurn(this.blindSpots, ({ place }) => place);
    const shown = fair.slice(0, MAX_BLIND_SPOTS).map(({ what, error }) => ({
      what: bounded(what),
      error: error.name,
      message: bounded(error.message, 200),
    }));
    const more = this.blindSpots.length - shown.length;
    return more === 0 ? shown : [...shown, { what: `${more} more`, error: "Omitted", message: "" }];
  }
}

/** More suspects than this are read with the whole collection, which is one request for each 500 objects. */
const MAX_LOOKUPS = 50;
const MAX_BLIND_SPOTS = 20;
