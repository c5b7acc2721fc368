import type { Maker } from "./makers.ts";

/** How a selector that selects nothing relates to what makes pods in its namespace. */
export type Relation =
  /** It selects the pods of these, which are not there now. */
  | { is: "selects"; makers: Maker[] }
  /** It differs from the pods of one by a single value. */
  | { is: "nearly"; maker: Maker; key: string; asked: string; has: string }
  /** It asks for a label more than the pods of one carry. */
  | { is: "asks for more"; maker: Maker; key: string; asked: string }
  /** Somebody means it so: for the next version, for a leader, for pods of a kind that is not known. */
  | { is: "meant" }
  | { is: "none" };

type Selector = Readonly<Record<string, string>>;

/** Keys and values that tell versions of one workload apart, one of which may have no pods at times. */
const VERSION_KEYS =
  /(^|[/.-])(track|colou?r|slot|version|revision|release|stage|variant|channel|environment|env|deployment|canary|preview)$/i;
const VERSION_VALUES =
  /(^|[-.])(blue|green|canary|preview|stable|active|standby|baseline|primary|secondary|next)([-.]|$)/i;
/** Labels that name what one pod is at the time, and not what it was made as. */
const ROLE_KEYS = /(^|[/.-])(\w*role|leader|primary|master|active|standby|replica|sealed|initialized|elected)$/i;

/** How a Service's selector relates to what makes pods; decided by the labels of the pod templates alone. */
export function relationOf(selector: Selector, makers: readonly Maker[], serviceName: string): Relation {
  const asked = Object.entries(selector);
  const selected = makers.filter(({ labels }) => asked.every(([key, value]) => labels[key] === value));
  if (selected.length > 0) return { is: "selects", makers: selected };
  if (asked.some(([key, value]) => isOfOneVersion(key, value, makers))) return { is: "meant" };

  const near = makers.flatMap((maker) => {
    const others = asked.filter(([key, value]) => Object.hasOwn(maker.labels, key) && maker.labels[key] !== value);
    const isWhole = asked.every(([key]) => Object.hasOwn(maker.labels, key));
    const [other, ...more] = others;
    if (!isWhole || other === undefined || more.length > 0) return [];
    const [key, value] = other;
    return [{ is: "nearly" as const, maker, key, asked: value, has: maker.labels[key] ?? "" }];
  });
  const likely = near.filter(
    ({ maker, asked: wanted, has }) => areSimilar(wanted, has) || maker.ref.name === serviceName,
  );
  const [best, ...others] = likely;
  if (best !== undefined && others.length === 0) {
    return best.maker.wanted === undefined ? { is: "meant" } : best;
  }

  const more = makers.flatMap((maker) => {
    const lacking = asked.filter(([key]) => !Object.hasOwn(maker.labels, key));
    const [lack, ...rest] = lacking;
    const isRest = asked.every((pair) => lacking.includes(pair) || maker.labels[pair[0]] === pair[1]);
    if (lack === undefined || rest.length > 0 || !isRest || asked.length === 1) return [];
    return [{ is: "asks for more" as const, maker, key: lack[0], asked: lack[1] }];
  });
  const [one] = more;
  if (one === undefined) return { is: "none" };
  // Operators label the pods of StatefulSets, and of their own kinds, by what they are at the time.
  const isLabelledLater = more.some(
    ({ maker, key }) => maker.ref.kind !== "Deployment" || maker.wanted === undefined || ROLE_KEYS.test(key),
  );
  return isLabelledLater ? { is: "meant" } : one;
}

/** Whether one of these labels tells versions or roles apart that need not be there. */
function isOfOneVersion(key: string, value: string, makers: readonly Maker[]): boolean {
  if (makers.some(({ labels }) => labels[key] === value)) return false;
  if (VERSION_KEYS.test(key) || VERSION_VALUES.test(value)) return true;
  return ROLE_KEYS.test(key) && !makers.some(({ labels }) => Object.hasOwn(labels, key));
}

/** How many letters of a word may be wrong that was meant to be another, at most; one in three. */
const MAX_SLIPS = 2;

/** Whether one word may be the other with a slip or two: a letter too many, too few, another one, or two exchanged. */
export function areSimilar(a: string, b: string): boolean {
  const slips = Math.min(MAX_SLIPS, Math.floor(Math.max(a.length, b.length) / 3));
  // Names that differ in their numbers, or in a letter that counts, are those of different things.
  if (withoutCount(a) === withoutCount(b)) return false;
  return Math.abs(a.length - b.length) <= slips && distance(a, b) <= slips;
}

/** Without numbers, and without single letters that count as they do: `shard-a`, `zone-1b`. */
function withoutCount(name: string): string {
  return name.replaceAll(/\d+[a-z]?(?![a-z])/gi, "").replaceAll(/(?<![a-z])[a-z](?![a-z])/gi, "");
}

/** The edit distance in which two neighbours that are exchanged count as one slip (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const cost = Math.min(at(next, j - 1) + 1, at(row, j) + 1, at(row, j - 1) + same);
      next.push(isExchanged ? Math.min(cost, at(before, j - 2) + 1) : cost);
    }
    [before, row] = [row, next];
  }
  return at(row, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
