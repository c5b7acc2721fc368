import { count, duration } from "../../shared/text.ts";
import { failsWith, wasOutOfMemory } from "../../facts/case.ts";
import { lacksCommand } from "../../facts/certain.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { restartFailing } from "../../remedies/restart/plan.ts";
import { rollBack } from "../../remedies/rollback/plan.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";

const CRASH_REASONS = new Set([
  "CrashLoopBackOff",
  "Error",
  "OOMKilled",
  "StartError",
  "ContainerCannotRun",
  "PreStartHookError",
  "PostStartHookError",
]);

/** The container could not even be made or started, which another node may do better. */
const NOT_CREATED_REASONS = new Set([
  "CreateContainerError",
  "PreCreateHookError",
  "RunContainerError",
  "ImageInspectError",
]);

/** Containers that end, or do not come to life. */
export const CRASH_CAUSES: readonly Cause[] = [
  {
    name: "ContainerNotCreated",
    looksLike: "CreateContainerError, RunContainerError or ImageInspectError: the node could not make the container.",
    response:
      "Restart once, possibly on another node, unless its command is not in the image; then roll back when it came with the present revision, else report.",
    rejected: [{ action: "scale", reason: "further replicas would be made the same way" }],
    diagnose: (facts) => {
      const { failing, policy, sinceRollout } = facts;
      if (!failsWith(failing, NOT_CREATED_REASONS)) return undefined;
      if (failing.some(lacksCommand)) {
        return {
          confidence: "high",
          summary: `${count(failing.length, "pod")} cannot start: the command cannot be run.`,
          evidence: [...failureLines(failing), ...rolloutLines(facts)],
          tries: once(
            sinceRollout
              ? rollBack(facts)
              : reportOnly("The same command ran before. Look at what is mounted over it, and at the image."),
          ),
        };
      }
      return {
        confidence: "medium",
        summary: `${count(failing.length, "pod")} cannot start: the node could not create the container.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: [
          // A pod that another node cannot start either shows that as soon as one that cannot start may.
          {
            remedy: restartFailing(facts, NOT_CREATED_REASONS),
            deadline_seconds: Math.max(1, policy.detect.starting_seconds),
          },
          {
            remedy: sinceRollout
              ? rollBack(facts)
              : reportOnly("A restart did not help. Look at the node's container runtime and at the pod's events."),
          },
        ],
      };
    },
  },
  {
    name: "CrashLoopAfterRollout",
    looksLike:
      "Containers of the present revision crash again and again (out of memory, wrong command and failed start included), and have done so since it was rolled out.",
    response: "Roll back to the newest revision that is known to have been healthy.",
    rejected: [
      { action: "restart", reason: "the same template crashes again" },
      { action: "scale", reason: "more replicas of a crashing template help nobody" },
    ],
    diagnose: (facts) => {
      const { failing, current, healthy, sinceRollout } = facts;
      if (!sinceRollout || !failsWith(failing, CRASH_REASONS)) return undefined;
      return {
        confidence: healthy?.confidence ?? "medium",
        summary: `${crashing(failing.length)} since revision ${current?.revision ?? "?"} was rolled out.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(rollBack(facts)),
      };
    },
  },
  {
    name: "OutOfMemory",
    looksLike: "Containers of a long-stable workload are killed for exceeding their memory limit.",
    response:
      "Report limit, node and history: a restart buys time at best, and raising limits without bound takes the node down.",
    rejected: [
      { action: "restart", reason: "the kubelet restarts the container already; it runs out of memory again" },
      { action: "rollback", reason: "the revision ran well for long before" },
    ],
    diagnose: (facts) => {
      const { failing, stable } = facts;
      if (!failsWith(failing, CRASH_REASONS) || !wasOutOfMemory(failing)) return undefined;
      return {
        confidence: "high",
        summary: `${count(failing.length, "pod")} exceeded the memory limit.`,
        evidence: [...failureLines(failing), ...memoryLines(facts), stable.evidence].filter((line) => line !== ""),
        tries: once(
          reportOnly(
            "Compare the memory limit with what the container uses (kubectl top pod), and look for a leak or a larger load.",
          ),
        ),
      };
    },
  },
  {
    name: "CrashLoopOfStableWorkload",
    looksLike: "Containers crash again and again, after the same template ran well for a long time.",
    response:
      "Restart the failing pods once, on fresh containers and possibly another node; then leave it to a person.",
    rejected: [{ action: "rollback", reason: "the present revision ran well for long; the rollout is not the cause" }],
    diagnose: (facts) => {
      const { failing, longStable, stable } = facts;
      if (!longStable || !failsWith(failing, CRASH_REASONS)) return undefined;
      return {
        confidence: "medium",
        summary: `${crashing(failing.length)} after running well for ${duration(stable.seconds)}.`,
        evidence: [...failureLines(failing), stable.evidence],
        tries: once(restartFailing(facts, CRASH_REASONS)),
      };
    },
  },
  {
    name: "CrashLoop",
    looksLike: "Containers crash again and again, and nothing proves that they ever ran well.",
    response: "Report: without a revision to return to and without a stable past there is no safe remedy.",
    rejected: [{ action: "restart", reason: "nothing says that this template ever ran well" }],
    diagnose: ({ failing }) => {
      if (!failsWith(failing, CRASH_REASONS)) return undefined;
      return {
        confidence: "medium",
        summary: `${crashing(failing.length)}, and there is no sign that ${failing.length === 1 ? "it" : "they"} ever ran well.`,
        evidence: failureLines(failing),
        tries: once(
          reportOnly(
            "Read the container's log with kubectl logs --previous, and fix the template or what it depends on.",
          ),
        ),
      };
    },
  },
];

function crashing(pods: number): string {
  return pods === 1 ? "1 pod crashes" : `${pods} pods crash`;
}

/** The memory limits of the containers that were killed, and the nodes that did it. */
function memoryLines({ failing }: Parameters<Cause["diagnose"]>[0]): string[] {
  const lines = failing.flatMap(({ pod, failures }) =>
    failures.map(({ container }) => {
      const limit = pod.spec?.containers.find(({ name }) => name === container)?.resources?.limits?.["memory"];
      return `container ${container ?? ""} has a memory limit of ${limit ?? "none"}, on node ${pod.spec?.nodeName ?? "?"}`;
    }),
  );
  return [...new Set(lines)].slice(0, 2);
}
