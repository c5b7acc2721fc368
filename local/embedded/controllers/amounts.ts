/** A number, or a share of something such as `25%`. */
export type NumberOrShare = number | string | object | undefined;

/** A number of pods, or a share of `total`, rounded up or down. */
export function amountOf(value: NumberOrShare, total: number, rounding: "up" | "down"): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return 0;
  if (!value.endsWith("%")) return Number(value);
  const share = (Number(value.slice(0, -1)) * total) / 100;
  return rounding === "up" ? Math.ceil(share) : Math.floor(share);
}
