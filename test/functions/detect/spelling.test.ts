import { expect, it } from "vitest";
import { among } from "../../../functions/detect/spelling.ts";

it.each([
  ["aip", ["cart", "api"], ["api"]],
  ["chekcout", ["check", "checkout", "checkouts"], ["checkout"]],
  ["checkot", ["checkbot", "checkouts", "checkout"], ["checkbot", "checkout"]],
  ["web", ["web-7d9f-abcde", "webshop", "db"], ["web-7d9f-abcde"]],
  ["web-7d9f-abcde", ["web", "web-7d9f-vwxyz", "web-8e0a-vwxyz"], ["web-7d9f-vwxyz", "web"]],
  ["db-0", ["db-1", "cart-0", "db"], ["db-1", "db"]],
  ["shop-api", ["shop-web", "db"], []],
  ["web", [], []],
])("%s may mean, of %o, %o", (wanted, names, meant) => {
  expect(among(wanted, names)).toEqual(meant);
});
