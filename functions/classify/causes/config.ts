import { failsWith, podsFailing, type Case } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { goBackOrTell } from "../brought.ts";
import { eventLines, lastWords, podEventSayings, statusSayings } from "../../facts/sayings.ts";
import {
  CONTAINER_WORDS,
  MISSING_WORDS,
  NODE_LACKS_WORDS,
  NOT_READ_YET,
  type ContainerMeaning,
} from "../../facts/words/config.ts";
import { meaningOf, type Saying } from "../../facts/words/meaning.ts";
import { refersTo, type Missing } from "../../facts/references.ts";
import { STARTING_EVENTS, STARTING_REASONS } from "../../facts/words/volumes.ts";
import { writerLines } from "../config-lines.ts";
import { isFresh, once, reportOnly, rolloutLines, type Cause } from "./cause.ts";

const CONFIG_REASONS: ReadonlySet<string> = new Set(["CreateContainerConfigError"]);
/** The reasons with which a container is not made or not started, and says why. */
const NOT_STARTED_REASONS: ReadonlySet<string> = new Set([
  ...CONFIG_REASONS,
  ...["CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun"],
]);
/** The reasons of a last end that say that the container's program was never started. */
const START_ENDS: ReadonlySet<string> = new Set(["StartError", "ContainerCannotRun"]);
const CRASHING: ReadonlySet<string> = new Set([...NOT_STARTED_REASONS, "CrashLoopBackOff", "Error"]);

const MISSING_ADVICE = "or take the reference to it away.";
const ADDED_TO_PODS =
  "The pod template does not refer to it. Something adds that to each pod when it is made, and would add it to pods of another revision, too: look at that (a mesh, an agent, a mutating webhook).";

/** What a container needs and does not find, or may not have. */
export const CONFIG_CAUSES: readonly Cause[] = [
  {
    name: "MissingConfig",
    looksLike:
      "CreateContainerConfigError, or ContainerCreating with an Event: a Secret or ConfigMap that the pod refers to, or a key of it, does not exist.",
    response: "Roll back when the reference came with the present revision; otherwise report the object by its name.",
    words: [{ means: "the object or the key does not exist", words: MISSING_WORDS }],
    rejected: [
      { action: "restart", reason: "a new pod would miss the same object" },
      { action: "create", reason: "nobody but its owner knows what belongs into it" },
    ],
    diagnose: (facts) => {
      const { failing } = facts;
      const events = podEventSayings(facts, STARTING_REASONS, STARTING_EVENTS);
      const missing = missingObject([...statusSayings(failing, CONFIG_REASONS), ...events]);
      if (missing === undefined) return undefined;
      const lines = failureLines(failing);
      const told = events.filter((saying) => missingObject([saying]) !== undefined).slice(0, 1);
      const what = nameOf(missing);
      const added = isAddedToPods(facts, missing);
      return {
        confidence: "high",
        summary: `${podsFailing(failing, CONFIG_REASONS, STARTING_REASONS)} cannot start: ${what} does not exist.`,
        evidence: [...lines, ...eventLines(told, lines), ...writerLines(facts, missing), ...rolloutLines(facts)],
        tries: once(
          added
            ? reportOnly(`Create or restore ${what}. ${ADDED_TO_PODS}`)
            : goBackOrTell(facts, facts.sinceRollout, `Create or restore ${what}, ${MISSING_ADVICE}`, {
                says: "refers to it, too",
                holds: (_now, before) => refersTo(before, missing),
              }),
        ),
      };
    },
  },
  ...containerCauses(),
  {
    name: "ContainerConfigRefused",
    looksLike: "CreateContainerConfigError in words that no other cause knows.",
    response:
      "Wait where the kubelet has only not read something yet, as after the start of a node. Roll back when the pods have failed since the present revision was rolled out; otherwise report the words.",
    words: [NOT_READ_YET],
    rejected: [{ action: "restart", reason: "a new pod would have the same configuration" }],
    diagnose: (facts) => {
      const { failing } = facts;
      if (!failsWith(failing, CONFIG_REASONS)) return undefined;
      const unread = meaningOf([NOT_READ_YET], statusSayings(failing, CONFIG_REASONS));
      const why = unread?.means ?? "the kubelet cannot put the container together";
      const advice = unread?.advice ?? "What the kubelet says is in the evidence, and in kubectl describe pod.";
      return {
        confidence: "medium",
        summary: `${podsFailing(failing, CONFIG_REASONS)} cannot start: ${why}.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(
          unread !== undefined && isFresh(facts)
            ? { action: "none", refusal: "MayPass", message: `${advice} The kubelet tries again by itself.` }
            : goBackOrTell(facts, facts.sinceRollout && unread === undefined, advice),
        ),
      };
    },
  },
];

/** Whether what is missing was added to a pod that its template does not have refer to it. */
function isAddedToPods({ failing, evidence: { workload } }: Case, missing: Missing): boolean {
  const present = workload?.spec?.template;
  return present !== undefined && !refersTo(present, missing) && failing.some(({ pod }) => refersTo(pod, missing));
}

type About = Pick<Cause, "looksLike" | "response" | "rejected">;

/** The causes that the words of the kubelet and the container runtime tell apart. */
function containerCauses(): Cause[] {
  const back = "Roll back when the pods have failed since the present revision was rolled out; otherwise report.";
  const again = { action: "restart", reason: "a new pod would be made in the same way" };
  const about: Record<ContainerMeaning["cause"], About> = {
    NodeDiskFull: {
      looksLike: "A container cannot be made because the node's disk is full.",
      response: "Report the node.",
      rejected: [
        { action: "restart", reason: "what fills the disk stays, and the pod may come back to the same node" },
        { action: "rollback", reason: "another revision needs room on the disk, too" },
      ],
    },
    MayNotRunAsRoot: {
      looksLike: "CreateContainerConfigError: runAsNonRoot is set, and the image's user is root or not a number.",
      response: back,
      rejected: [again],
    },
    PathNotMounted: {
      looksLike:
        "A container cannot be made because a subPath, a path of the node or a volume cannot be mounted where it shall be.",
      response: back,
      rejected: [again],
    },
    MemoryTooLowToStart: {
      looksLike: "A container cannot be started because its memory limit is too low for the runtime itself.",
      response: back,
      rejected: [again],
    },
    CommandNotStarted: {
      looksLike:
        "A container cannot be started because its command, its user or its working directory is not in the image, or may not be used.",
      response: back,
      rejected: [again],
    },
  };
  return Object.entries(about).map(([name, texts]) => containerCause(name, texts));
}

function containerCause(name: string, texts: About): Cause {
  return {
    name,
    ...texts,
    words: CONTAINER_WORDS.filter(({ cause }) => cause === name),
    diagnose: (facts) => {
      const { failing, sinceRollout } = facts;
      const ends = lastWords(failing, CRASHING).filter(({ reason }) => START_ENDS.has(reason));
      const sayings = [...statusSayings(failing, NOT_STARTED_REASONS), ...ends];
      const meaning = meaningOf(CONTAINER_WORDS, sayings);
      if (meaning?.cause !== name || meaningOf(NODE_LACKS_WORDS, sayings) !== undefined) return undefined;
      const lines = failureLines(failing);
      return {
        confidence: "high",
        summary: `${podsFailing(failing, CRASHING)} cannot start: ${meaning.means}.`,
        evidence: [...lines, ...endLines(ends, lines), ...rolloutLines(facts)],
        tries: once(goBackOrTell(facts, sinceRollout && meaning.outside !== true, meaning.advice)),
      };
    },
  };
}

function endLines(ends: readonly Saying[], told: readonly string[]): string[] {
  const untold = ends.filter(({ message }) => !told.some((line) => line.includes(message)));
  return untold.slice(0, 1).map(({ reason, message }) => `its last end, ${reason}: ${message}`);
}

/**
 * Reads `secret "x" not found`, `configmap "x" not found`, `couldn't find key k in ConfigMap ns/x` and
 * `references non-existent config key: k`, which does not name the object.
 * Source: kubernetes pkg/kubelet/kubelet_pods.go, pkg/volume/configmap, pkg/volume/secret
 */
export function missingObject(sayings: readonly Saying[]): Missing | undefined {
  for (const { message } of sayings) {
    const whole = /\b(secret|configmap) "([^"]+)" not found/i.exec(message);
    if (whole !== null) return { kind: kindNamed(whole[1]), object: whole[2] ?? "" };
    const key = /couldn't find key (\S+) in (Secret|ConfigMap) [^/\s]+\/(\S+)/i.exec(message);
    if (key !== null) return { kind: kindNamed(key[2]), object: key[3] ?? "", key: key[1] ?? "" };
    const item = /references non-existent (secret|config) key: ([-.\w]+)/i.exec(message);
    if (item !== null) return { kind: kindNamed(item[1]), key: item[2] ?? "" };
  }
  return undefined;
}

function kindNamed(word: string | undefined): Missing["kind"] {
  return word?.toLowerCase() === "secret" ? "Secret" : "ConfigMap";
}

/** `secret "db-password"`, `key url of ConfigMap "settings"`. */
function nameOf({ kind, object, key }: Missing): string {
  if (key === undefined) return `${kind.toLowerCase()} "${object ?? ""}"`;
  return `key ${key} of ${object === undefined ? `a ${kind}` : `${kind} "${object}"`}`;
}
