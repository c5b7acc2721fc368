import { createHash } from "node:crypto";

/** The letters that Kubernetes makes names of. Source: k8s.io/apimachinery pkg/util/rand */
const NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Numbers that look random, and are the same for the same seed. */
export class Random {
  #state: number;

  /** @param seed whatever tells one use from the others, so that adding one changes nothing of the rest */
  constructor(...seed: (string | number)[]) {
    this.#state = createHash("sha256").update(seed.join("/")).digest().readUInt32LE(0);
  }

  /** At least 0, less than 1. Source: mulberry32, by Tommy Ettinger, public domain */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }

  hex(length: number): string {
    let digits = "";
    while (digits.length < length) digits += (this.next() * 2 ** 32).toString(16).padStart(8, "0").slice(0, 8);
    return digits.slice(0, length);
  }

  uid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-a${this.hex(3)}-${this.hex(12)}`;
  }

  /** What Kubernetes puts behind a name: of a pod 5 letters, of a ReplicaSet 8 to 10. */
  suffix(length: number): string {
    let letters = "";
    while (letters.length < length) letters += NAME_LETTERS[this.below(NAME_LETTERS.length)] ?? "";
    return letters;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const order = items.map((item) => ({ item, at: this.next() }));
    return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }
}
