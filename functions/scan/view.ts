import type { Reader } from "../shared/cluster/cluster.ts";
import { mapConcurrently } from "../shared/concurrency.ts";
import type { BlindSpot } from "../run/detection.ts";
import { isRemediationError, RemediationError, type ErrorName } from "../shared/errors.ts";
import { bounded } from "../shared/text.ts";
import { inTurn } from "./fair.ts";
import { Limiter } from "./limiter.ts";
import type { Places } from "./places.ts";
import { cellsOf, type Table } from "./table.ts";
import type { SuspectRule } from "../kinds/suspects.ts";

/** How many requests are under way at the same time: enough to be quick, few enough to go unnoticed. */
const CONCURRENCY = 8;
/** How many of them may bring many objects, which are in memory at the same time. */
const LARGE_AT_ONCE = 2;
/** The watch cache is fresh enough to find what fails; a step that acts reads again. */
const FROM_CACHE = { resourceVersion: "0" };

/** The place of what is of the whole cluster. */
const EVERYWHERE = "";

/** A part of the cluster that may be a blind spot. */
export interface Spot {
  /** `pods in namespace shop` */
  what: string;
  /** The namespace that it is in; none for what is of the whole cluster. */
  place?: string | undefined;
  /** Whether what is there tells nothing of how workloads are: nodes, and what leads to pods. */
  isBeside?: boolean;
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
  /** How many may fail of each namespace, and of the whole cluster, and how many of these were not read. */
  readonly #suspects = new Map<string, number>();
  readonly #unread = new Map<string, number>();
  readonly #known = new Map<string, Promise<unknown>>();
  /** What was read before it is asked for, by its path. */
  readonly #kept = new Map<string, unknown>();
  readonly #large = new Limiter(LARGE_AT_ONCE);
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
      if (!isRemediationError(error, ...TOLERATED)) throw error;
      this.blindSpots.push({ what, place, error });
      return undefined;
    }
  }

  /**
   * Runs a look of which nothing has to come, since what it would see is looked at in another way otherwise: undefined, and no
   * blind spot, when this part of the cluster cannot be seen.
   */
  async unlessUnseen<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      const result = await look();
      if (result !== undefined) this.#sights++;
      return result;
    } catch (error) {
      if (!isRemediationError(error, ...TOLERATED)) throw error;
      return undefined;
    }
  }

  /** Notes how many objects of a collection may fail, whether they are read or not. */
  noteSuspects({ place = EVERYWHERE, isBeside }: Spot, number: number): void {
    if (isBeside !== true) this.#suspects.set(place, (this.#suspects.get(place) ?? 0) + number);
  }

  /**
   * Notes that the rest of a collection was not read.
   * @param number how many suspects were not read; undefined where that is not known
   * @param error what kept from it; where nothing is said, there was no time
   */
  noteUnread(spot: Spot, number: number | undefined, error?: RemediationError): void {
    const { place = EVERYWHERE, isBeside } = spot;
    if (isBeside !== true) this.#unread.set(place, (this.#unread.get(place) ?? 0) + (number ?? 0));
    const many = number === undefined ? "Some of them" : `${number} of them that may fail`;
    if (error === undefined) this.#note(spot, `${many} could not be read in the time that the step has.`);
    else this.#note(spot, `${many} could not be read: ${error.message}`, error.name);
  }

  /** Which share of the suspects of a namespace was read: of its own, and of those of the whole cluster. */
  shareRead(namespace: string): number {
    const shares = [namespace, EVERYWHERE].map((place) => {
      const of = this.#suspects.get(place) ?? 0;
      return of === 0 ? 1 : Math.max(0, 1 - (this.#unread.get(place) ?? 0) / of);
    });
    return shares.reduce((product, share) => product * share, 1);
  }

  #note({ what, place = EVERYWHERE }: Spot, message: string, name: ErrorName = "TooMuchToRead"): void {
    this.blindSpots.push({ what, place, error: new RemediationError(name, message) });
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

  /** Runs a read that may bring many objects: few of them at a time in the whole scan. */
  async large<Result>(read: () => Promise<Result>): Promise<Result> {
    return await this.#large.run(read);
  }

  /** Keeps an object until it is asked for. */
  keep(path: string, object: unknown): void {
    this.#kept.set(path, object);
  }

  /** Reads one object; undefined when it is gone. What is kept of it is handed out once. */
  async read<T>(path: string): Promise<T | undefined> {
    const kept = this.#kept.get(path) as T | undefined;
    if (this.#kept.delete(path)) return kept;
    try {
      return await this.cluster.get<T>(path, FROM_CACHE);
    } catch (error) {
      if (isRemediationError(error, "NotFound")) return undefined;
      throw error;
    }
  }

  /** Reads a whole collection. */
  async list<T, Kept = T>(
    path: string,
    query: Record<string, string> = {},
    keep?: (object: T) => Kept,
  ): Promise<Kept[]> {
    return await this.cluster.list<T, Kept>(path, { ...FROM_CACHE, ...query }, keep);
  }

  /**
   * Reads a collection where the scan looks: in one request where that is everywhere; namespace by namespace where that is
   * too much to be read at once, so that what is large in one of them hides nothing of the others.
   * @param what for the blind spots: `Services`
   * @returns the lists of each place; undefined where it cannot be seen
   */
  async listIn<T>(
    what: string,
    path: (namespace?: string) => string,
    places: Places,
    { telling = true }: { telling?: boolean } = {},
  ): Promise<(T[] | undefined)[]> {
    const options = { telling, optionalApi: path() };
    if (places.everywhere) {
      const whole = await this.tryTo(
        what,
        async () => ({ list: await this.listSmall<T>(path(), MOST_AT_ONCE) }),
        options,
      );
      if (whole?.list !== undefined || whole === undefined) return [whole?.list];
    }
    return await this.each(await places.names(), (place) => {
      const spot = { what: `${what} in namespace ${place}`, place };
      const look = async () => {
        const list = await this.listSmall<T>(path(place), MOST_OF_NAMESPACE);
        if (list === undefined) this.#note(spot, "They are too many, or too large, to be read.");
        return list ?? [];
      };
      return this.tryTo(spot.what, look, { ...options, place });
    });
  }

  /**
   * A list from the watch cache, which knows no other limit than how large the answer may be.
   * @param most how many objects of usual size there may be
   * @returns undefined when there are more
   */
  async listSmall<T>(path: string, most: number, query: Record<string, string> = {}): Promise<T[] | undefined> {
    return await this.cluster.listSmall<T>(path, most, { ...FROM_CACHE, ...query });
  }

  /** How many objects of a collection want pods: by the printed rows, or by the objects where a server prints others. */
  async count<T>(collection: string, { columns, wantsNone, query }: SuspectRule, wants: (object: T) => boolean) {
    const rows = cellsOf(await this.cluster.table<Table>(collection, query), columns);
    if (rows === undefined) return (await this.cluster.list<T>(collection)).filter(wants).length;
    return rows.filter((cells) => wantsNone?.(...cells) !== true).length;
  }

  /**
   * The blind spots in the words of the contract: the first few, those of the whole cluster before those of each namespace in
   * turn, and how many more.
   */
  describeBlindSpots(): BlindSpot[] {
    const [ofAll, ofPlaces] = [true, false].map((isOfAll) =>
      this.blindSpots.filter(({ place }) => (place === "") === isOfAll),
    );
    const fair = [...(ofAll ?? []), ...inTurn(ofPlaces ?? [], ({ place }) => place)];
    const shown = fair.slice(0, MAX_BLIND_SPOTS).map(({ what, error }) => ({
      what: bounded(what),
      error: error.name,
      message: bounded(error.message, 200),
    }));
    const more = this.blindSpots.length - shown.length;
    return more === 0 ? shown : [...shown, { what: `${more} more`, error: "Omitted", message: "" }];
  }
}

/** So much of a collection is asked for at once, and of one namespace where that is too much: in objects of usual size. */
const MOST_AT_ONCE = 2_000;
const MOST_OF_NAMESPACE = 500;
/** What keeps a scan from seeing a part of the cluster, and not from seeing the others. */
const TOLERATED = ["Forbidden", "ClusterUnavailable", "ClusterThrottled", "TooMuchToRead"] as const;
const MAX_BLIND_SPOTS = 20;
