const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const BINARY = ["Ei", "Pi", "Ti", "Gi", "Mi", "Ki"];
const DECIMAL = ["E", "P", "T", "G", "M", "k"];

/** A quantity such as `500m`, `2`, `256Mi` or `1e3`, as a number. @throws Error for what is no quantity */
export function parseQuantity(quantity: string | number): number {
  const [, digits = "", suffix = ""] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(`${quantity}`) ?? [];
  const factor = SUFFIXES[suffix];
  if (digits === "" || factor === undefined) throw new Error(`"${quantity}" is not a quantity.`);
  return Number(digits) * factor;
}

/** A number as the API writes a quantity: whole, in the largest unit that leaves no rest. */
export function formatQuantity(value: number, binary = false): string {
  if (!Number.isInteger(value)) return `${Math.ceil(Number((value * 1_000).toFixed(3)))}m`;
  const units = binary ? BINARY : DECIMAL;
  const unit = units.find((suffix) => value !== 0 && value % (SUFFIXES[suffix] ?? 1) === 0);
  return unit === undefined ? `${value}` : `${value / (SUFFIXES[unit] ?? 1)}${unit}`;
}

/** Whether a quantity counts in powers of two. */
export function isBinary(quantity: string): boolean {
  return quantity.endsWith("i");
}
