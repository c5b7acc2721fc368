import { duration } from "../../functions/shared/text.ts";

/** `+12 s` after the run began, `−40 s` before it did. */
export function clock(at: Date, began: Date): string {
  const seconds = Math.round((at.getTime() - began.getTime()) / 1_000);
  return `${seconds < 0 ? "\u2212" : "+"}${Math.abs(seconds)} s`;
}

/** A time element that says when something was, in full for machines. */
export function timeElement(at: Date, began: Date): string {
  return `<time datetime="${at.toISOString()}">${clock(at, began)}</time>`;
}

/** How long it took from one moment to another. */
export function between(from: Date, to: Date): string {
  return duration((to.getTime() - from.getTime()) / 1_000);
}
