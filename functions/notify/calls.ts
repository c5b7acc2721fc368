import { isNotThere } from "../shared/errors.ts";
import type { Refusal } from "../run/refusals.ts";
import type { NotificationDocument } from "./notification.ts";

const WELL: Refusal = "NotFailingAnymore";

/** Whether nothing fails any more of what people may have been called for. */
export function isOver({ outcome, reason, needs_person: needsPerson }: NotificationDocument): boolean {
  const isNothingLeft = outcome === "Skipped" && (reason === WELL || isNotThere(reason));
  return !needsPerson && (outcome === "Recovered" || isNothingLeft);
}

/**
 * Whether it calls people: somebody is needed for what a run found by itself. Who asks for something sees what comes of it; what
 * was changed then and did not help may call others.
 */
export function isCall({ needs_person: needsPerson, changed, ...document }: NotificationDocument): boolean {
  if (!needsPerson) return false;
  if (document.workload !== undefined)
    return document.asked_by === undefined || document.asked_by === "found" || changed.length > 0;
  // That other runs work again is not told, so that nothing would end the call.
  return document.cause !== "RunFailed" || document.scheduled === true;
}
