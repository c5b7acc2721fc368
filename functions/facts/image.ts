import type { Case, FailingPod } from "./case.ts";
import { podEventSayings, statusSayings } from "./sayings.ts";
import { IMAGE_WORDS, PULL_SECRET, type ImageMeaning } from "./words/image.ts";
import { meaningOf, type Saying } from "./words/meaning.ts";

/** The reasons with which a container waits for its image. Source: kubernetes pkg/kubelet/images/types.go */
export const IMAGE_REASONS: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
  "SignatureValidationFailed",
]);
/** The reasons of the kubelet's Events about images. */
const IMAGE_EVENTS: ReadonlySet<string> = new Set(["Failed", "FailedToRetrieveImagePullSecret", "InspectFailed"]);

/** The reason of an image that the runtime does not take for one; its words may say that it is the name that is wrong. */
const INSPECTED: ReadonlySet<string> = new Set(["ImageInspectError"]);

/** What the kubelet says of the images. */
export interface ImageSayings {
  /** In the statuses. */
  status: Saying[];
  /** In its Events, which tell where the statuses are silent. */
  events: Saying[];
}

/** Reads what the kubelet says of the images. */
export function imageSayings(facts: Case): ImageSayings {
  const inspected = statusSayings(facts.failing, INSPECTED).filter(
    (saying) => imageMeaning([saying])?.name === "short_name",
  );
  return {
    status: [...statusSayings(facts.failing, IMAGE_REASONS), ...inspected],
    events: podEventSayings(facts, IMAGE_REASONS, IMAGE_EVENTS),
  };
}

/**
 * Why the images are not pulled; undefined when nothing that is known is said. The kubelet's own limit on pulls says nothing
 * of the image where something else is said of it, and a pull secret that is not there says why a registry refuses.
 */
export function whyNotPulled({ status, events }: ImageSayings): ImageMeaning | undefined {
  const ofStatus = status.filter((saying) => imageMeaning([saying])?.name !== "queued");
  const said = imageMeaning(ofStatus) ?? imageMeaning(events) ?? imageMeaning(status);
  const mayBeAccess = said?.access === true || said?.name === "absent_or_denied";
  return mayBeAccess ? (meaningOf([PULL_SECRET], events) ?? said) : said;
}

/** The sayings of this meaning. */
export function sayingsOf(meaning: ImageMeaning, sayings: readonly Saying[]): Saying[] {
  return sayings.filter((saying) =>
    meaning === PULL_SECRET ? meaningOf([meaning], [saying]) !== undefined : imageMeaning([saying]) === meaning,
  );
}

/** What the kubelet says while it waits before the next pull, where it says no more. */
const BACK_OFF = /^(Back-off pulling image "[^"]*"\.?|Error: \w+|)$/;

/** Whether the kubelet says anything but that it waits. */
export function saysWhy({ status, events }: ImageSayings): boolean {
  return [...status, ...events].some(({ message }) => !BACK_OFF.test(message));
}

/** What the words mean; the first that say anything decide. Undefined when none do. */
export function imageMeaning(sayings: readonly Saying[]): ImageMeaning | undefined {
  return meaningOf(
    IMAGE_WORDS,
    sayings.map(({ reason, message }) => ({ reason, message: withoutReferences(message) })),
  );
}

/** The image that the first failing container waits for, and that container's name. */
export function waitingContainer(failing: readonly FailingPod[]): string | undefined {
  return failing.flatMap(({ failures }) => failures).find(({ reason }) => IMAGE_REASONS.has(reason))?.container;
}

/** The message without the names of images and registries, which are words of the user's, not of the registry's. */
function withoutReferences(message: string): string {
  const names = /"[^"]*"|\S+\/\S+?(?=:?(?:\s|$))/g;
  // Of all registries, quay alone is known to answer 401 for what does not exist.
  return message.replaceAll(names, (name) => (/^"?(https:\/\/)?quay\.io\//.test(name) ? "quay.io" : ""));
}

/** The host that an image is pulled from. Source: github.com/distribution/reference, ParseNormalizedNamed */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isHost = rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  return isHost ? first : "docker.io";
}
