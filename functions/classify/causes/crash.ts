import { count, duration, some } from "../../shared/text.ts";
import { failingFor, failsWith, podsFailing, type Case, type FailingPod } from "../../facts/case.ts";
import { lacksCommand } from "../../facts/certain.ts";
import { howTheyEnd, isOutOfMemory } from "../../facts/container-ends.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { statusSayings } from "../../facts/sayings.ts";
import { NODE_LACKS_WORDS } from "../../facts/words/config.ts";
import { meaningOf } from "../../facts/words/meaning.ts";
import { changedForMemory } from "../changed-for-memory.ts";
import { isStuck } from "../../facts/stuck-rollout.ts";
import { wellBeside } from "../../facts/well-beside.ts";
import { REPEATED_RESTARTS } from "../../kinds/failing/repeated-restarts.ts";
import { restartFailing } from "../../remedies/restart/plan.ts";
import { rollBack } from "../../remedies/rollback/plan.ts";
import { pastOfCrashing } from "../past-of-crashing.ts";
import { once, provenLines, reportOnly, rolloutLines, type Cause } from "./cause.ts";
import { ENDED_ON_LEAVING_NODE } from "./leaving-node.ts";

/** The container was started, and did not stay. */
export const CRASH_REASONS: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "Error",
  "OOMKilled",
  "StartError",
  "ContainerCannotRun",
  "PreStartHookError",
  "PostStartHookError",
]);

/** Containers that end again and again, whether or not they run at the moment. */
const ENDING_REASONS = new Set([...CRASH_REASONS, REPEATED_RESTARTS]);

/** The container could not even be made or started, which another node may do better. */
const NOT_CREATED_REASONS = new Set([
  "CreateContainerError",
  "PreCreateHookError",
  "RunContainerError",
  "ImageInspectError",
]);

/** How many nodes are named. */
const MAX_NODES = 3;

/** Containers that end, or do not come to life. */
export const CRASH_CAUSES: readonly Cause[] = [
  {
    name: "ContainerNotCreated",
    looksLike: "CreateContainerError, RunContainerError or ImageInspectError: the node could not make the container.",
    response:
      "Restart once, possibly on another node, unless its command is not in the image; then roll back when it came with the present revision, else report.",
    words: NODE_LACKS_WORDS,
    rejected: [{ action: "scale", reason: "further replicas would be made the same way" }],
    diagnose: (facts) => {
      const { failing, policy, sinceRollout } = facts;
      if (!failsWith(failing, NOT_CREATED_REASONS)) return undefined;
      if (failing.some(lacksCommand)) {
        return {
          confidence: "high",
          summary: `${podsFailing(failing, NOT_CREATED_REASONS)} cannot start: the command cannot be run.`,
          evidence: [...failureLines(failing), ...rolloutLines(facts)],
          tries: once(
            sinceRollout
              ? rollBack(facts)
              : reportOnly("Look at what is mounted over the command, and at the image behind the tag."),
          ),
        };
      }
      const lacks = meaningOf(NODE_LACKS_WORDS, statusSayings(failing, NOT_CREATED_REASONS));
      const why = lacks?.means ?? "the node could not create the container";
      const advice = lacks?.advice ?? "Look at the node's container runtime and at the pod's events.";
      return {
        confidence: "medium",
        summary: `${podsFailing(failing, NOT_CREATED_REASONS)} cannot start: ${why}.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: [
          // A pod that another node cannot start either shows that as soon as one that cannot start may.
          {
            remedy: restartFailing(facts, NOT_CREATED_REASONS),
            deadline_seconds: Math.max(1, policy.detect.starting_seconds),
          },
          {
            remedy:
              sinceRollout && lacks?.outside !== true
                ? rollBack(facts)
                : reportOnly(`A restart did not help. ${advice}`),
          },
        ],
      };
    },
  },
  {
    name: "CrashLoopBesideWellPods",
    looksLike:
      "A few pods of the present revision crash again and again, while more of its pods have been ready for long: it is a matter of these pods or their nodes, not of the template alone.",
    response:
      "Restart the crashing pods once, possibly on another node; then roll back if the rollout is stuck at them, else leave it to a person.",
    rejected: [],
    diagnose: (facts) => {
      const { ofCurrent, longStable } = facts;
      const crash = failingFor(ofCurrent, CRASH_REASONS);
      const well = wellBeside(facts);
      if (longStable || crash.length === 0 || well === undefined || crash.some(isOutOfMemory)) return undefined;
      return {
        confidence: "medium",
        summary: withEnds(`${crashing(crash)} beside ${well} of the same revision that run well`, facts),
        evidence: [...failureLines(crash), ...provenLines(facts), ...nodeLines(crash)],
        tries: [
          { remedy: restartFailing({ ...facts, failing: crash }, CRASH_REASONS) },
          {
            remedy: isStuck(facts)
              ? rollBack(facts)
              : reportOnly("A restart did not help. Read the log with kubectl logs --previous, and look at the node."),
          },
        ],
      };
    },
  },
  ENDED_ON_LEAVING_NODE,
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
      const { failing, ofCurrent, current, healthy, sinceRollout } = facts;
      if (!sinceRollout || !failsWith(ofCurrent, ENDING_REASONS)) return undefined;
      return {
        confidence: healthy?.confidence ?? "medium",
        summary: withEnds(
          `${crashing(ofCurrent, ENDING_REASONS)} since revision ${current?.revision ?? "?"} was rolled out`,
          facts,
        ),
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(rollBack(facts)),
      };
    },
  },
  {
    name: "OutOfMemory",
    looksLike:
      "Containers of a long-stable workload are killed because the memory ran out: at their own limit, at their pod's, or on the node.",
    response:
      "Report limit, node and history: a restart buys time at best, and raising limits without bound takes the node down.",
    rejected: [
      { action: "restart", reason: "the kubelet restarts the container already; it runs out of memory again" },
      { action: "rollback", reason: "it is not known that the present revision brought it" },
    ],
    diagnose: (facts) => {
      const { stable } = facts;
      const killed = failingFor(facts.failing, ENDING_REASONS).filter(isOutOfMemory);
      if (killed.length === 0) return undefined;
      const changed = changedForMemory(facts, killed);
      return {
        confidence: "high",
        summary: withEnds(`${count(killed.length, "pod")} ran out of memory`, { ...facts, failing: killed }),
        evidence: [...failureLines(killed), ...changed, ...nodeLines(killed), stable.evidence].filter(
          (line) => line !== "",
        ),
        tries: once(
          reportOnly(
            (changed[0] === undefined ? "" : `Look first at the newest rollout: ${changed[0]}. `) +
              "Compare the memory limit with what the container used before it was ended, as your metrics have it (while it waits to be started again it uses nothing), and look for a leak or a larger load.",
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
    rejected: [{ action: "rollback", reason: "the revision of what fails ran well for long before that" }],
    diagnose: (facts) => {
      const { ranWell, failing, stable } = facts;
      if (!failsWith(ranWell, CRASH_REASONS)) return undefined;
      return {
        confidence: "medium",
        summary: withEnds(
          `${crashing(ranWell, CRASH_REASONS)} after ${stable.byStatus === true ? `${ranWell.length === 1 ? "its" : "their"} revision ran` : "running"} well for ${duration(stable.seconds)}`,
          facts,
        ),
        evidence: [...failureLines(failing), stable.evidence],
        tries: once(restartFailing({ ...facts, failing: ranWell }, CRASH_REASONS)),
      };
    },
  },
  {
    name: "CrashLoop",
    looksLike: "Containers crash again and again, and nothing proves that they ever ran well.",
    response: "Report: without a revision to return to and without a stable past there is no safe remedy.",
    rejected: [{ action: "restart", reason: "nothing says that this template was ever well for long" }],
    diagnose: (facts) => {
      const { failing } = facts;
      if (!failsWith(failing, CRASH_REASONS)) return undefined;
      const { words, evidence } = pastOfCrashing(facts);
      return {
        confidence: "medium",
        summary: withEnds(`${crashing(failing)}, ${words}`, facts),
        evidence: [...failureLines(failing), ...provenLines(facts), ...evidence],
        tries: once(
          reportOnly(
            isDone(failing)
              ? "Its command ends without an error, and is started again for that: give it one that keeps running, or make it a Job. Where a probe ends it, the pod's events say so."
              : "Read the container's log with kubectl logs --previous, and fix the template or what it depends on.",
          ),
        ),
      };
    },
  },
  {
    name: "RepeatedRestarts",
    looksLike:
      "A container ends with an error every few minutes, and runs in between for so long that no back-off shows: it may even be ready.",
    response: "Report, with how often and after how long it ends.",
    rejected: [
      { action: "restart", reason: "the kubelet has restarted the container many times already" },
      { action: "rollback", reason: "nothing says that it began with the present revision" },
    ],
    diagnose: (facts) => {
      const pods = failingFor(facts.failing, new Set([REPEATED_RESTARTS]));
      if (pods.length === 0) return undefined;
      return {
        confidence: "high",
        summary: withEnds(
          `${count(pods.length, "pod")} ${pods.length === 1 ? "is" : "are"} restarted again and again`,
          facts,
        ),
        evidence: failureLines(pods),
        tries: once(
          reportOnly(
            "Read the log of the run before with kubectl logs --previous, and see which probe or limit ends it after that time.",
          ),
        ),
      };
    },
  },
];

/** How many of the pods fail for one of these reasons, or all of them: `2 pods crash`. What ends without an error does not. */
function crashing(pods: readonly FailingPod[], reasons?: ReadonlySet<string>): string {
  const ending = reasons === undefined ? pods : failingFor(pods, reasons);
  const one = isDone(ending) ? "ends again and again" : "crashes";
  const many = isDone(ending) ? "end again and again" : "crash";
  return ending.length === 1 ? `1 pod ${one}` : `${ending.length} pods ${many}`;
}

/** Whether the containers of these pods end without an error. */
function isDone(pods: readonly FailingPod[]): boolean {
  const codes = pods.flatMap(({ failures }) => failures.flatMap(({ exitCode }) => exitCode ?? []));
  return codes.length > 0 && codes.every((code) => code === 0);
}

/** A summary with how the containers ended, where their statuses or their Events tell. */
function withEnds(summary: string, facts: Case): string {
  const ends = howTheyEnd(facts, ENDING_REASONS);
  return ends === undefined ? `${summary}.` : `${summary}: ${ends}.`;
}

/** The nodes on which containers were killed. */
function nodeLines(killed: FailingPod[]): string[] {
  const nodes = killed.flatMap(({ pod }) => pod.spec?.nodeName ?? []);
  return nodes.length === 0 ? [] : [`on ${some([...new Set(nodes)], MAX_NODES)}`];
}
