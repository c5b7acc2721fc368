import { bounded, count } from "../../shared/text.ts";
import { failsWith, podsFailing } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { comparedTemplates, goBackOrTell } from "../brought.ts";
import { nodeOnItsWay, type NodeOnItsWay } from "../../facts/node-on-its-way.ts";
import { eventLines } from "../../facts/sayings.ts";
import { asksForNoLess, schedulerSayings, schedulingReasons, schedulingWhy, UNPLACED } from "../scheduling.ts";
import {
  hangingInitContainer,
  heldLikewise,
  lookAtEvents,
  sameInitContainer,
  startingMeaning,
  unstartedSidecar,
} from "../starting.ts";
import { adviceOf } from "../../facts/words/meaning.ts";
import { SCHEDULING_WORDS } from "../../facts/words/scheduling.ts";
import { STARTING_REASONS, STARTING_WORDS } from "../../facts/words/volumes.ts";
import { once, rolloutLines, type Cause } from "./cause.ts";
import { TERMINATING_CAUSES } from "./terminating.ts";
import { STARTING_SLOWLY, UNREADY_CAUSES } from "./unready.ts";

/** That a node may be there soon, in the words of what brings it; it may also mean one that is there. */
function nodeComes({ event: { reason = "", message = "" }, since }: NodeOnItsWay): string {
  return `An autoscaler says since ${since.toISOString()} that it has a node in mind or on its way (${reason}: ${bounded(message, 200)}). Nothing is done while that may come about.`;
}

/** Pods that take too long over something. */
export const STARTING_CAUSES: readonly Cause[] = [
  {
    name: "Unschedulable",
    looksLike: "The pod stays Pending, and the scheduler says why no node takes it, in its status or in an Event.",
    response:
      "Wait for a node while an autoscaler brings one; roll back when the present revision asks for more of what the scheduler misses; otherwise report what is missing.",
    words: SCHEDULING_WORDS,
    rejected: [
      { action: "restart", reason: "a new pod would meet the same nodes" },
      { action: "scale", reason: "more replicas need more of what is missing" },
    ],
    diagnose: (facts) => {
      const { failing, sinceRollout, stable } = facts;
      const said = schedulerSayings(facts);
      if (said.length === 0) return undefined;
      const reasons = schedulingReasons(facts);
      const why = schedulingWhy(reasons);
      const { meanings } = reasons;
      const advice =
        meanings.length === 0 ? "Look at what the scheduler says of it, in kubectl describe pod." : adviceOf(meanings);
      const isOutside = meanings.length > 0 && meanings.every(({ outside }) => outside === true);
      // Whether the rollout has brought it can be told from the two templates alone, and once all of its pods had found nodes
      // it has not.
      const mayBeBrought = sinceRollout && !isOutside && stable.seconds === 0 && comparedTemplates(facts) !== undefined;
      const lines = failureLines(failing);
      const waiting = failing.map(({ pod }) => pod);
      const { surroundings, now } = facts.evidence;
      const coming = nodeOnItsWay(surroundings.events, waiting, now);
      return {
        confidence: "high",
        summary: `No node takes ${podsFailing(failing, UNPLACED)}${why === "" ? "" : `: ${why}`}.`,
        evidence: [...lines, ...eventLines(said, lines), ...rolloutLines(facts)],
        tries: once(
          coming === undefined
            ? goBackOrTell(facts, mayBeBrought, advice, asksForNoLess(reasons))
            : { action: "none", refusal: "MayPass", message: nodeComes(coming) },
        ),
      };
    },
  },
  ...UNREADY_CAUSES,
  {
    name: "InitContainerHangs",
    looksLike: "An init container has run for longer than a start may take, and does not end.",
    response:
      "Roll back when the init container came, or came to be as it is, with the present revision; otherwise report.",
    rejected: [{ action: "restart", reason: "a new pod would run the same init container" }],
    diagnose: (facts) => {
      const { failing, evidence, sinceRollout, healthy } = facts;
      const hanging = hangingInitContainer(facts);
      if (hanging === undefined) return undefined;
      const { name, pod } = hanging;
      const { namespace } = evidence.incident.workload;
      return {
        confidence: "medium",
        summary: `${count(failing.length, "pod")} cannot start: init container ${name} does not end.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(
          goBackOrTell(
            facts,
            sinceRollout && healthy !== undefined,
            `Read what it waits for: kubectl -n ${namespace} logs ${pod} -c ${name}.`,
            sameInitContainer(name),
          ),
        ),
      };
    },
  },
  {
    name: "SidecarNotStarted",
    looksLike:
      "A sidecar (an init container with restartPolicy Always) runs, and has not passed its startup probe for longer than a start may take: what comes after it is not started.",
    response: "Roll back when the sidecar came, or came to be as it is, with the present revision; otherwise report.",
    rejected: [{ action: "restart", reason: "a new pod would run the same sidecar" }],
    diagnose: (facts) => {
      const { failing, evidence, sinceRollout, healthy } = facts;
      const holding = unstartedSidecar(facts);
      if (holding === undefined) return undefined;
      const { name, pod } = holding;
      const { namespace } = evidence.incident.workload;
      return {
        confidence: "medium",
        summary: `${podsFailing(failing, STARTING_REASONS)} cannot start: sidecar ${name} runs, and does not count as started.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(
          goBackOrTell(
            facts,
            sinceRollout && healthy !== undefined,
            `Look at what its startup probe or its postStart hook waits for: kubectl -n ${namespace} logs ${pod} -c ${name}.`,
            sameInitContainer(name),
          ),
        ),
      };
    },
  },
  {
    name: "StuckStarting",
    looksLike:
      "ContainerCreating or PodInitializing for longer than it may take: a volume, the sandbox or the network; or no scheduler has looked at the pod.",
    response:
      "Roll back when the present revision brought what the pod's Events name, or, where they name nothing, when it differs in more than what its containers run; otherwise report, with the Events.",
    words: STARTING_WORDS,
    rejected: [{ action: "restart", reason: "what holds the pod up is outside of it" }],
    diagnose: (facts) => {
      const { failing, sinceRollout, healthy } = facts;
      if (!failsWith(failing, STARTING_REASONS)) return undefined;
      const { meaning, events } = startingMeaning(facts);
      const lines = failureLines(failing);
      return {
        confidence: "medium",
        summary: `${podsFailing(failing, STARTING_REASONS)} cannot get started${meaning === undefined ? "" : `: ${meaning.means}`}.`,
        evidence: [...lines, ...eventLines(events.slice(0, 1), lines), ...rolloutLines(facts)],
        tries: once(
          goBackOrTell(
            facts,
            sinceRollout && healthy !== undefined && meaning?.outside !== true,
            meaning?.advice ?? lookAtEvents(facts),
            heldLikewise(meaning),
          ),
        ),
      };
    },
  },
  ...TERMINATING_CAUSES,
  ...STARTING_SLOWLY,
];
