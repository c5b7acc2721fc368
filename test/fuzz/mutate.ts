import { TRICKS } from "../support/hostile.ts";
import { asJson, placesIn, read, remove, write, type Json, type Place } from "./json.ts";
import type { Random } from "./random.ts";

/** What mutations are made of, beside the input itself. */
export interface Material {
  /** Texts that the functions compare with, and the names of the fields that they read. */
  words: readonly string[];
  /** Another input, of which parts are taken. */
  donor: Json;
}

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  3,
  9,
  10,
  100,
  1e3,
  5_001,
  86_401,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 53,
  -(2 ** 53),
  2 ** 63,
  1e21,
  1e308,
  5e-324,
];
const MOMENTS = [
  "2026-06-01T12:00:00Z",
  "2026-06-01T11:59:59Z",
  "2026-06-01T06:00:00.123456Z",
  "2099-01-01T00:00:00Z",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "+275760-09-13T00:00:00.000Z",
  "+275760-09-13T00:00:00.001Z",
  "-271821-04-20T00:00:00.000Z",
  "2026-02-30T25:61:61Z",
  "2026-06-01",
  "June 1, 2026",
  "NaN",
];
/** Long enough for what is worse than linear to show. */
const LONG = 20_000;
/** A nest deeper than anybody writes; far from what JSON itself takes. */
const DEEP = 300;
const MANY = 300;

/** The input with one to a few changes. The input itself stays as it is. */
export function mutate(input: Json, random: Random, material: Material): Json {
  const holder = [asJson(input)];
  const changes = 1 + random.below(random.oneIn(3) ? 8 : 2);
  for (let change = 0; change < changes; change++) changeOne(holder, random, material);
  return holder[0] ?? null;
}

function changeOne(holder: Json[], random: Random, material: Material): void {
  // The whole input is seldom worth another one.
  const places = placesIn(random.oneIn(20) || !isHolder(holder[0] ?? null) ? holder : (holder[0] ?? null));
  if (places.length === 0) return;
  // Leaves are many, so half of the time any place that holds something is taken.
  const holding = places.filter((place) => isHolder(read(place)));
  const place = random.pick(random.oneIn(2) && holding.length > 0 ? holding : places);
  const value = read(place);
  const isRoot = place.holder === holder;
  switch (random.below(8)) {
    case 0:
      if (!isRoot) remove(place);
      return;
    case 1:
      write(place, anything(random, material));
      return;
    case 2: {
      const [other] = [random.pick(placesIn([material.donor]))];
      write(place, asJson(read(other)));
      return;
    }
    case 3:
      // What stands under the same name elsewhere fits best.
      write(place, namesake(place, random, material) ?? sameType(value, random, material));
      return;
    case 4:
      grow(place, random, material);
      return;
    case 5: {
      const target = random.pick(places);
      if (!isRoot && target.holder !== holder) write(target, asJson(value));
      return;
    }
    default:
      write(place, sameType(value, random, material));
  }
}

function namesake({ key }: Place, random: Random, { donor }: Material): Json | undefined {
  const others = placesIn(donor).filter((other) => other.key === key);
  return others.length === 0 ? undefined : asJson(read(random.pick(others)));
}

/** Another value of the same type. */
function sameType(value: Json, random: Random, material: Material): Json {
  if (typeof value === "string") return text(value, random, material);
  if (typeof value === "number") return random.oneIn(2) ? value + random.below(5) - 2 : random.pick(NUMBERS);
  if (typeof value === "boolean") return !value;
  if (value === null) return anything(random, material);
  const copy = asJson(value);
  grow({ holder: [copy], key: 0 }, random, material);
  return copy;
}

function text(value: string, random: Random, { words }: Material): string {
  switch (random.below(7)) {
    case 0:
      return random.pick(TRICKS);
    case 1:
      return random.pick(MOMENTS);
    case 2:
      return (
        value.slice(0, random.below(value.length + 1)) +
        random.pick(TRICKS) +
        value.slice(random.below(value.length + 1))
      );
    case 3:
      return longer(value === "" ? random.pick(TRICKS) : value, random.pick([64, 254, 1_001, LONG]));
    case 4:
      return String(random.pick(NUMBERS));
    default:
      return random.pick(words);
  }
}

function longer(text: string, length: number): string {
  return text.repeat(Math.ceil(length / Math.max(1, text.length))).slice(0, length);
}

/** One more field or item, or the same one many times. */
function grow(place: Place, random: Random, material: Material): void {
  const value = read(place);
  if (Array.isArray(value)) {
    const item = value.length > 0 && !random.oneIn(3) ? random.pick(value) : anything(random, material);
    const times = random.oneIn(12) ? MANY : 1;
    for (let time = 0; time < times; time++) value.splice(random.below(value.length + 1), 0, asJson(item));
  } else if (isHolder(value)) {
    write({ holder: value, key: random.pick(random.oneIn(6) ? TRICKS : material.words) }, anything(random, material));
  } else if (random.oneIn(8)) {
    write(place, nested(value, random.oneIn(2)));
  } else write(place, [value]);
}

function nested(value: Json, inObjects: boolean): Json {
  let nest = value;
  for (let depth = 0; depth < DEEP; depth++) nest = inObjects ? { spec: nest } : [nest];
  return nest;
}

/** A value of any type. */
function anything(random: Random, material: Material): Json {
  const values: (() => Json)[] = [
    () => null,
    () => random.oneIn(2),
    () => random.pick(NUMBERS),
    () => text("", random, material),
    () => random.pick(material.words),
    () => [],
    () => ({}),
    () => [text("", random, material)],
    () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as Json,
    () => asJson(read(random.pick(placesIn([material.donor])))),
  ];
  return random.pick(values)();
}

function isHolder(value: Json): value is Record<string, Json> | Json[] {
  return typeof value === "object" && value !== null;
}
