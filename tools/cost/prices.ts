import { readFileSync } from "node:fs";
import * as z from "zod";

const Price = z.strictObject({
  dollars: z.number(),
  /** For so many units. */
  per: z.number(),
  unit: z.string(),
  /** How many units of a month an account has for nothing, for good. */
  free: z.number().default(0),
  /** Where it was read. */
  source: z.string(),
});
const List = z.strictObject({ region: z.string(), date: z.string(), prices: z.record(z.string(), Price) });

/** The public list prices that the sums are made with. */
export const PRICE_LIST = List.parse(JSON.parse(readFileSync(new URL("prices.json", import.meta.url), "utf8")));

/** @throws Error for one that the list does not have */
export function priceOf(name: string): z.output<typeof Price> {
  const price = PRICE_LIST.prices[name];
  if (price === undefined) throw new Error(`prices.json has no ${name}.`);
  return price;
}
