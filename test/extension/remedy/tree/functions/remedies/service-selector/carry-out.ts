import { isDeepStrictEqual } from "node:util";
import { RemediationError } from "../../shared/errors.ts";
import { alreadySo } from "../already-so.ts";
import type { Declined, Done, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import type { SelectorChange, SelectorPlan } from "./contract.ts";
import { serviceRef, type Service } from "./plan.ts";

/** Puts the selector back. */
export async function carryOut(
  writer: Writer,
  { service, before, after }: SelectorPlan,
  { mayBeOwn }: Occasion,
): Promise<Done<SelectorChange> | Declined> {
  const changed = await switchSelector(writer, { service, before, after });
  if (!changed && !(await mayBeOwn())) return alreadySo("restore the selector");
  return { change: { kind: "restore-selector", service, before, after } };
}

/** Takes it back. */
export async function back(writer: Writer, { service, before, after }: SelectorChange): Promise<void> {
  await switchSelector(writer, { service, before: after, after: before });
}

async function switchSelector(
  writer: Writer,
  { service, before, after }: Pick<SelectorChange, "service" | "before" | "after">,
): Promise<boolean> {
  return await writer.patch<Service>(serviceRef(writer.workload.namespace, service), ({ spec }) => {
    if (isDeepStrictEqual(spec?.selector, after)) return "already so";
    if (!isDeepStrictEqual(spec?.selector, before)) {
      throw new RemediationError("ObjectChanged", `It was left as it is: somebody else changed Service ${service}.`);
    }
    return [{ op: "add", path: "/spec/selector", value: after }];
  });
}
