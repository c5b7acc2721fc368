import { kindOf } from "../../kinds/kinds.ts";
import { failsWith, podsFailing, type Case } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { goBackOrTell, type Shared } from "../brought.ts";
import {
  IMAGE_REASONS,
  imageSayings,
  registryOf,
  saysWhy,
  sayingsOf,
  waitingContainer,
  whyNotPulled,
} from "../../facts/image.ts";
import { eventLines, lastWords } from "../../facts/sayings.ts";
import { EXEC_WORDS, IMAGE_WORDS, PULL_SECRET, SIGNATURE_WORDS, type ImageMeaning } from "../../facts/words/image.ts";
import { adviceOf, meaningOf } from "../../facts/words/meaning.ts";
import { accessOf, imagesOf, isAlike } from "../parts.ts";
import { isFresh, once, reportOnly, rolloutLines, type Cause, type Finding } from "./cause.ts";

/** Reasons of containers that end at once, as one does whose program is built for another processor. */
const ENDED_REASONS: ReadonlySet<string> = new Set([
  ...["CrashLoopBackOff", "Error", "StartError", "ContainerCannotRun", "RunContainerError", "CreateContainerError"],
]);

const wordsFor = (cause: ImageMeaning["cause"]) => IMAGE_WORDS.filter((meaning) => meaning.cause === cause);

/** Images that are not there, not allowed, not trusted, out of reach, or for other nodes. */
export const IMAGE_CAUSES: readonly Cause[] = [
  {
    name: "SignatureRefused",
    looksLike:
      "SignatureValidationFailed, also where only the message of a back-off or an Event says so: the image's signature does not satisfy the node's policy.",
    response: "Report as a security matter.",
    rejected: [
      { action: "restart", reason: "another node that does not check the signature would run the image" },
      { action: "rollback", reason: "whoever is in charge of security should see the image first" },
    ],
    words: SIGNATURE_WORDS,
    diagnose: (facts) => {
      const { failing } = facts;
      const { status, events } = imageSayings(facts);
      const meaning = meaningOf(SIGNATURE_WORDS, [...status, ...events]);
      if (meaning === undefined) return undefined;
      const lines = failureLines(failing);
      const told = events.filter((saying) => meaningOf([meaning], [saying]) !== undefined);
      return {
        confidence: "high",
        summary: `${podsFailing(failing, IMAGE_REASONS)} may not run: ${meaning.means}.`,
        evidence: [...lines, ...eventLines(told.slice(0, 1), lines)],
        tries: once(reportOnly(adviceOf([meaning]))),
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
        summary: `${podsFailing(facts.failing, IMAGE_REASONS)} cannot start: ${meaning.means}.`,
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
        summary: `${podsFailing(facts.failing, pulled === undefined ? ENDED_REASONS : IMAGE_REASONS)} cannot start: ${meaning.means}.`,
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
      "Wait where it may pass by itself (rate limit, registry out of reach), then report. Roll back where the words leave it open what is wrong and the image came with the present revision; where its registry did that is out of reach or not trusted; and where its repository or its pull secrets did, to which the node is not admitted. Report missing permissions at once otherwise.",
    words: [...wordsFor("ImageNotPulled"), PULL_SECRET],
    rejected: [{ action: "restart", reason: "a new pod would meet the same registry" }],
    diagnose: (facts) => {
      const { failing } = facts;
      if (!failsWith(failing, IMAGE_REASONS)) return undefined;
      const meaning = meaningFor(facts);
      const remedy = notPulled(facts, meaning);
      const isElsewhere = meaning?.outside === true || (meaning?.access === true && remedy.action === "none");
      return {
        confidence: "medium",
        summary: `${podsFailing(failing, IMAGE_REASONS)} cannot pull the image${meaning === undefined ? "" : `: ${meaning.means}`}.`,
        evidence: evidenceOf(facts),
        tries: once(remedy),
        rejected: isElsewhere ? [{ action: "rollback", reason: "nothing says that the image itself is wrong" }] : [],
      };
    },
  },
];

/** What is done about an image that is not pulled, though nothing says that it is not there. */
function notPulled(facts: Case, meaning: ImageMeaning | undefined): Finding["tries"][0]["remedy"] {
  const { advice = unknownAdvice(facts), passing = false, outside = false } = meaning ?? {};
  const since = facts.sinceRollout && !outside;
  const remedy = goBackOrTell(facts, since, advice, sharedBy(meaning, facts));
  if (remedy.action !== "none" || !passing || !isFresh(facts)) return remedy;
  return { action: "none", refusal: "MayPass", message: `${advice} The kubelet tries again by itself.` };
}

function unknownAdvice(facts: Case): string {
  return saysWhy(imageSayings(facts))
    ? "What the kubelet says is in the evidence, and in kubectl describe pod."
    : "Nothing that was read says why. Look at the pod's events with kubectl describe pod.";
}

/** What an earlier revision would have to share to be pulled no better. */
function sharedBy(meaning: ImageMeaning | undefined, facts: Case): Shared {
  if (meaning?.registry === true) return sameRegistry(facts);
  return meaning?.access === true ? sameAccess(facts) : sameImage(facts);
}

/** What is said of images that cannot be pulled; undefined when nothing that is known, or no image fails. */
function meaningFor(facts: Case): ImageMeaning | undefined {
  return whyNotPulled(imageSayings(facts));
}

function evidenceOf(facts: Case): string[] {
  const lines = failureLines(facts.failing);
  const sayings = imageSayings(facts);
  const { status, events } = sayings;
  const meaning = whyNotPulled(sayings);
  const words = lastWords(facts.failing, ENDED_REASONS);
  const ends = meaningOf(EXEC_WORDS, words) === undefined ? [] : words;
  const isInStatus = meaning !== undefined && sayingsOf(meaning, status).length > 0;
  const told = isInStatus ? [] : meaning === undefined ? events : sayingsOf(meaning, events);
  return [
    ...lines,
    ...eventLines(told.slice(0, 1), lines),
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
      const images = imagesOf(now, name);
      return isUp && images.length > 0 && isAlike(images, imagesOf(before, name));
    },
  };
}

function sameRegistry({ failing }: Case): Shared {
  const name = waitingContainer(failing);
  return {
    says: "has an image of the same registry",
    holds: (now, before) => {
      const registries = imagesOf(now, name).map(registryOf);
      return registries.length > 0 && isAlike(registries, imagesOf(before, name).map(registryOf));
    },
  };
}

/** The same repository, asked for with the same credentials. */
function sameAccess({ failing }: Case): Shared {
  const name = waitingContainer(failing);
  return {
    says: "pulls from the same repository with the same credentials",
    holds: (now, before) => isAlike(accessOf(now, name), accessOf(before, name)),
  };
}
