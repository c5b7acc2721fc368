import { count, some } from "../../shared/text.ts";
import type { Words } from "../remedy.ts";
import type { RestartChange, RestartPlan } from "./contract.ts";

/** How many names a sentence holds, and a list. */
const IN_SENTENCE = 3;
const IN_LIST = 5;

/** What people are told of a restart. */
export const words: Words<RestartPlan, RestartChange> = {
  did: (change, _workload, dryRun) => replaced(change, dryRun),
  would: (plan) => replaced(plan, true),
  found: ({ pods }) => `${count(pods.length, "pod")} of those to be replaced ${pods.length === 1 ? "is" : "are"} gone.`,
  changed: ({ mode, pods }) => [`${mode === "evict" ? "evicted" : "deleted"}: ${some(names(pods), IN_LIST)}`],
  wayBack: () => "A restart cannot be undone; the controller makes a new pod for each one.",
  afterwards({ mode }, wasAsked, cause) {
    // What kept the present revision from being rolled out is gone: its owner had mended the cause before.
    if (wasAsked || cause === "SupersededRevision") return {};
    return mode === "evict"
      ? {
          next: "Find out why it was needed: new pods remove no cause, and the same is done of its own accord a few times only.",
        }
      : {
          next: "Find out why they failed, from what was found and the nodes that it names: what told of it is deleted.",
        };
  },
};

function replaced({ mode, pods, ...volumes }: Omit<RestartChange, "kind">, dryRun: boolean): string {
  const verb = mode === "evict" ? "evict" : "delete";
  const done = dryRun ? `Would ${verb}` : mode === "evict" ? "Evicted" : "Deleted";
  return `${done} ${count(pods.length, "pod")} (${some(names(pods), IN_SENTENCE)}).${missed(volumes, dryRun)}`;
}

/** What becomes of what the pods had written. */
function missed({ lost_volumes: lost = [], left_volumes: left = [] }: Partial<RestartChange>, dryRun: boolean): string {
  const goes = dryRun ? "would go" : "goes";
  return [
    ...(lost.length === 0 ? [] : [` What was written to ${volumes(lost)} ${goes} with the pod.`]),
    ...(left.length === 0
      ? []
      : [
          ` What was written to hostPath ${volumes(left)} stays on the pod's node: a pod on another node may not have it.`,
        ]),
  ].join("");
}

function volumes(of: readonly string[]): string {
  return `${of.length === 1 ? "volume" : "volumes"} ${some(of, IN_SENTENCE)}`;
}

function names(pods: RestartChange["pods"]): string[] {
  return pods.map(({ name }) => name);
}
