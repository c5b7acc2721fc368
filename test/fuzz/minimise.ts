import { asJson, placesIn, read, remove, write, type Json } from "./json.ts";

/** How many smaller inputs are tried. */
const TRIES = 3_000;

/** A smaller input of which the same still holds: without whatever can be left out, and with plain values. */
export async function minimise(input: Json, holds: (smaller: Json) => Promise<boolean>): Promise<Json> {
  let smallest = asJson(input);
  let tries = 0;
  for (let shrunk = true; shrunk && tries < TRIES;) {
    shrunk = false;
    for (let index = 0; index < placesIn(smallest).length && tries < TRIES;) {
      const smaller = await firstThatHolds(smallest, index, holds, () => tries++);
      if (smaller === undefined) index++;
      else {
        smallest = smaller;
        shrunk = true;
      }
    }
  }
  return smallest;
}

async function firstThatHolds(
  input: Json,
  index: number,
  holds: (smaller: Json) => Promise<boolean>,
  count: () => void,
): Promise<Json | undefined> {
  for (const change of [remove, ...plainer(index, input)]) {
    const copy = asJson(input);
    const place = placesIn(copy)[index];
    if (place === undefined) continue;
    change(place);
    if (JSON.stringify(copy).length >= JSON.stringify(input).length) continue;
    count();
    if (await holds(copy)) return copy;
  }
  return undefined;
}

/** Ways to put a plainer value there. */
function plainer(index: number, input: Json): (typeof remove)[] {
  const place = placesIn(input)[index];
  const value = place === undefined ? null : read(place);
  const values: Json[] =
    typeof value === "string"
      ? ["", value.slice(0, value.length / 2), value.slice(value.length / 2)]
      : Array.isArray(value)
        ? [[], value.slice(0, value.length / 2), value.slice(value.length / 2)]
        : [0, {}];
  return values.map((plain) => (at) => {
    write(at, plain);
  });
}
