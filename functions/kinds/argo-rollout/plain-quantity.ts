const BINARY: readonly [string, number][] = ["Ki", "Mi", "Gi", "Ti", "Pi"].map((unit, at) => [
  unit,
  2 ** (10 * (at + 1)),
]);
const DECIMAL: readonly [string, number][] = ["k", "M", "G", "T", "P"].map((unit, at) => [unit, 10 ** (3 * (at + 1))]);

/**
 * A quantity as the API server writes it: `1000m` as `1`, `0.5Gi` as `512Mi`. What is written otherwise, with an exponent or
 * in fractions of a thousandth, is left as it is.
 * Source: k8s.io/apimachinery pkg/api/resource/quantity.go
 */
export function plainQuantity(text: string | number): string {
  const [, digits, unit = ""] = /^(\d+\.?\d*)(m|[kMGTP]|[KMGTP]i)?$/.exec(`${text}`) ?? [];
  if (digits === undefined) return `${text}`;
  const factor = new Map([["m", 1e-3], ["", 1], ...BINARY, ...DECIMAL]).get(unit) ?? 1;
  const thousandths = Math.round(Number(digits) * factor * 1_000);
  if (!Number.isSafeInteger(thousandths) || thousandths !== Number((Number(digits) * factor * 1_000).toFixed(6))) {
    return `${text}`;
  }
  if (thousandths % 1_000 !== 0) return `${thousandths}m`;
  const whole = thousandths / 1_000;
  const units = unit.endsWith("i") ? BINARY : DECIMAL;
  const largest = units.findLast(([, size]) => whole !== 0 && whole % size === 0);
  return largest === undefined ? `${whole}` : `${whole / largest[1]}${largest[0]}`;
}
