import type { Words } from "../remedy.ts";
import type { Selector, SelectorChange, SelectorPlan } from "./contract.ts";

/** What people are told of a selector that was put back. */
export const words: Words<SelectorPlan, SelectorChange> = {
  did: ({ service, before, after }, { namespace }, dryRun) =>
    `${dryRun ? "Would restore" : "Restored"} the selector of Service ${namespace}/${service}: ${text(after)} instead of ${text(before)}.`,
  found: ({ service, after }) => `Service ${service} has the selector ${text(after)}.`,
  changed: ({ service, before, after }) => [`Service ${service}: selector ${text(before)} before, ${text(after)} now`],
  wayBack: ({ before }) => `Put the selector ${text(before)} back.`,
  undone: ({ service, before }, { namespace }) =>
    `Service ${namespace}/${service} has its selector ${text(before)} back.`,
  undoCommand: ({ service, before, after }, { namespace }) => {
    const gone = Object.fromEntries(Object.keys(after).map((key) => [key, null]));
    const quoted = JSON.stringify({ spec: { selector: { ...gone, ...before } } });
    return { words: ["kubectl", "-n", namespace, "patch", "service", service, "-p"], quoted };
  },
  afterwards: () => ({
    next: "Correct the selector where the Service is defined. The command below takes it back.",
    takesBack: true,
  }),
};

function text(selector: Selector): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
