import { kindOf } from "../../kinds/kinds.ts";
import { isOlderThan } from "../../shared/kubernetes/failures.ts";
import { count } from "../../shared/text.ts";
import { failsWith, type Case } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { goBackOrTell, type Shared } from "../brought.ts";
import { IMAGE_REASONS, imageMeaning, imageSayings, waitingContainer } from "../../facts/image.ts";
import { eventLines, lastWords } from "../../facts/sayings.ts";
import { EXEC_WORDS, IMAGE_WORDS, type ImageMeaning } from "../../facts/words/image.ts";
import { meaningOf } from "../../facts/words/meaning.ts";
import { containerOf, registryOf } from "../parts.ts";
import { once, reportOnly, rolloutLines, type Cause, type Finding } from "./cause.ts";

/** Reasons of containers that end at once, as one does whose program is built for another processor. */
const ENDED_REASONS: ReadonlySet<string> = new Set([
  ...["CrashLoopBackOff", "Error", "StartError", "ContainerCannotRun", "RunContainerError", "CreateContainerError"],
]);

const wordsFor = (cause: ImageMeaning["cause"]) => IMAGE_WORDS.filter((meaning) => meaning.cause === cause);

/** Images that are not there, not allowed, not trusted, out of reach, or for other nodes. */
export const IMAGE_CAUSES: readonly Cause[] = [
  {
    name: "SignatureRefused",
    looksLike: "SignatureValidationFailed: the image's signature does not satisfy the node's policy.",
    response: "Report as a security matter.",
    rejected: [
      { action: "restart", reason: "another node that does not check the signature would run the image" },
      { action: "rollback", reason: "whoever is in charge of security should see the image first" },
    ],
    diagnose: ({ failing }) => {
      if (!failsWith(failing, new Set(["SignatureValidationFailed"]))) return undefined;
      return {
        confidence: "high",
        summary: `${count(failing.length, "pod")} may not run: the image's signature was refused.`,
        evidence: failureLines(failing),
        tries: once(
          reportOnly("Treat it as a security matter: find out who pushed the image, and why it is not signed."),
        ),
      };
    },
  },
  {
    name: "ImageNotFound",
    looksLike:
      "ErrImagePull or ImagePullBackOff, and the registry says that the image or tag does not exist; InvalidImageName; ErrImageNeverPull.",
    response: "Roll back when the image came with the present revision; report otherwise.",
    words: wordsFor("ImageNotFound"),
    rejected: [{ action: "restart", reason: "a new pod would ask for the same missing image" }],
    diagnose: (facts) => {
      const meaning = meaningFor(facts);
      if (meaning?.cause !== "ImageNotFound") return undefined;
      return {
        confidence: facts.healthy?.confidence ?? "high",
        summary: `${count(facts.failing.length, "pod")} cannot start: ${meaning.means}.`,
        evidence: evidenceOf(facts),
        tries: once(goBackOrTell(facts, facts.sinceRollout, meaning.advice, sameImage(facts))),
      };
    },
  },
  {
    name: "ImageForAnotherPlatform",
    looksLike:
      "The registry has no image for the node's platform, or a container ends at once because its program is built for another processor.",
    response: "Roll back when the image came with the present revision; report otherwise.",
    words: [...wordsFor("ImageForAnotherPlatform"), ...EXEC_WORDS],
    rejected: [{ action: "restart", reason: "the image stays the same, and so may the node" }],
    diagnose: (facts) => {
      const pulled = meaningFor(facts);
      const shared = pulled === undefined ? undefined : sameImage(facts);
      const meaning = pulled ?? meaningOf(EXEC_WORDS, lastWords(facts.failing, ENDED_REASONS));
      if (meaning?.cause !== "ImageForAnotherPlatform") return undefined;
      return {
        confidence: "high",
        summary: `${count(facts.failing.length, "pod")} cannot start: ${meaning.means}.`,
        evidence: evidenceOf(facts),
        tries: once(goBackOrTell(facts, facts.sinceRollout, meaning.advice, shared)),
      };
    },
  },
  {
    name: "ImageNotPulled",
    looksLike:
      "ErrImagePull, ImagePullBackOff or RegistryUnavailable for another reason: no permission, rate limit, registry out of reach, a full disk.",
    response:
      "Wait where it may pass by itself (rate limit, registry out of reach), then report; report missing permissions at once. Roll back where the words leave it open what is wrong and the image came with the present revision, and where its registry did that is out of reach or not trusted.",
    words: wordsFor("ImageNotPulled"),
    rejected: [{ action: "restart", reason: "a new pod would meet the same registry" }],
    diagnose: (facts) => {
      const { failing } = facts;
      if (!failsWith(failing, IMAGE_REASONS)) return undefined;
      const meaning = meaningFor(facts);
      return {
        confidence: "medium",
        summary: `${count(failing.length, "pod")} cannot pull the image${meaning === undefined ? "" : `: ${meaning.means}`}.`,
        evidence: evidenceOf(facts),
        tries: once(notPulled(facts, meaning)),
        rejected:
          meaning?.outside === true
            ? [{ action: "rollback", reason: "nothing says that the image itself is wrong" }]
            : [],
      };
    },
  },
];

const UNKNOWN_ADVICE =
  "Nothing that was read says why in words that are known here. Look at the pod's events with kubectl describe pod.";

/** What is done about an image that is not pulled, though nothing says that it is not there. */
function notPulled(facts: Case, meaning: ImageMeaning | undefined): Finding["tries"][0]["remedy"] {
  const { advice = UNKNOWN_ADVICE, passing = false, outside = false, registry = false } = meaning ?? {};
  const since = facts.sinceRollout && !outside;
  const remedy = goBackOrTell(facts, since, advice, registry ? sameRegistry(facts) : sameImage(facts));
  if (remedy.action !== "none" || !passing || !isFresh(facts)) return remedy;
  return { action: "none", refusal: "MayPass", message: `${advice} The kubelet tries again by itself.` };
}

/** What is said of images that cannot be pulled; undefined when nothing that is known, or no image fails. */
function meaningFor(facts: Case): ImageMeaning | undefined {
  const { status, events } = imageSayings(facts);
  return imageMeaning(status) ?? imageMeaning(events);
}

function evidenceOf(facts: Case): string[] {
  const lines = failureLines(facts.failing);
  const { status, events } = imageSayings(facts);
  const ends =
    meaningOf(EXEC_WORDS, lastWords(facts.failing, ENDED_REASONS)) === undefined
      ? []
      : lastWords(facts.failing, ENDED_REASONS);
  const told = imageMeaning(status) === undefined ? events.slice(0, 1) : [];
  return [
    ...lines,
    ...eventLines(told, lines),
    ...ends.slice(0, 1).map(({ reason, message }) => `its last end${reason === "" ? "" : `, ${reason}`}: ${message}`),
    ...rolloutLines(facts),
  ];
}

/**
 * The same image in both templates: the node has it for pods that run, and no new one gets it, whatever else is changed.
 * While most of the workload is down, going back is tried all the same: nodes may have that image still, a rollback takes
 * no pod that serves away, and one that does not help is undone.
 */
function sameImage({ failing, evidence: { incident, workload } }: Case): Shared {
  const name = waitingContainer(failing);
  const kind = kindOf(incident.workload);
  const isUp = kind !== undefined && workload !== undefined && kind.ready(workload) * 2 >= kind.wanted(workload);
  return {
    says: "has the same image",
    holds: (now, before) => {
      const image = containerOf(now, name)?.image;
      return isUp && image !== undefined && containerOf(before, name)?.image === image;
    },
  };
}

function sameRegistry({ failing }: Case): Shared {
  const name = waitingContainer(failing);
  return {
    says: "has an image of the same registry",
    holds: (now, before) => {
      const image = containerOf(now, name)?.image;
      const earlier = containerOf(before, name)?.image;
      return image !== undefined && earlier !== undefined && registryOf(image) === registryOf(earlier);
    },
  };
}

/** Whether no pod has failed for longer than a start may take. */
function isFresh({ failing, evidence, policy }: Case): boolean {
  return failing.every(({ failures }) =>
    failures.every(({ since }) => !isOlderThan(since, policy.detect.starting_seconds, evidence.now)),
  );
}
