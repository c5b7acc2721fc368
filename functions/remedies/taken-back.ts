/**
 * Whether a change is that of an undo on request whose remedy has another way back than its own in reverse. Nothing takes that
 * back in turn: what was there before is what others had set.
 */
export function isTakenBack(change: object): boolean {
  return "back" in change && change.back !== undefined;
}
