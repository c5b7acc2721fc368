import { failingFor } from "../../facts/case.ts";
import { failsLiveness, isOutOfMemory } from "../../facts/container-ends.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { unreadyTogether } from "../../facts/unready-together.ts";
import { count } from "../../shared/text.ts";
import { once, reportOnly, type Cause } from "./cause.ts";
import { CRASH_REASONS } from "./crash.ts";

/** Liveness probes that end the containers of several pods at once. */
export const LIVENESS_CAUSES: readonly Cause[] = [
  {
    name: "LivenessFailsTogether",
    looksLike:
      "Several pods of a workload that did not begin to fail with its rollout fail their liveness probes, most of them or at the same moment: they are under too much load, or the probe asks for something that is down.",
    response: "Report, and leave the pods to the kubelet.",
    rejected: [
      {
        action: "restart",
        reason: "the kubelet starts the containers again already; with each that is down, the others get more to do",
      },
      { action: "rollback", reason: "nothing says that it began with the present revision" },
    ],
    diagnose: (facts) => {
      const ended = failingFor(facts.failing, CRASH_REASONS).filter((pod) => !isOutOfMemory(pod));
      const probed = ended.filter((pod) => failsLiveness(pod, facts, CRASH_REASONS));
      if (facts.sinceRollout || ended.length < 2 || probed.length === 0) return undefined;
      const together = unreadyTogether(facts, ended);
      if (together === undefined) return undefined;
      return {
        confidence: "medium",
        summary: `${count(ended.length, "pod")} are down, of which ${probed.length} at least ${probed.length === 1 ? "fails its liveness probe" : "fail their liveness probes"}: ${together}.`,
        evidence: failureLines(ended),
        tries: once(
          reportOnly(
            "Look at the load, and at what the liveness probe asks: it should not depend on another service, and its timeout has to fit a busy pod. More replicas, or a probe that is more patient, give them time to recover.",
          ),
        ),
      };
    },
  },
];
