import type { Case, FailingPod } from "./case.ts";
import { podEventSayings, statusSayings } from "./sayings.ts";
import { IMAGE_WORDS, type ImageMeaning } from "./words/image.ts";
import { meaningOf, type Saying } from "./words/meaning.ts";

/** The reasons with which a container waits for its image. Source: kubernetes pkg/kubelet/images/types.go */
export const IMAGE_REASONS: ReadonlySet<string> = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
]);
/** The reasons of the kubelet's Events about images. */
const IMAGE_EVENTS: ReadonlySet<string> = new Set(["Failed", "FailedToRetrieveImagePullSecret", "InspectFailed"]);

/** What the kubelet says of the images: in the statuses, and where these are silent, in its Events. */
export function imageSayings(facts: Case): { status: Saying[]; events: Saying[] } {
  return {
    status: statusSayings(facts.failing, IMAGE_REASONS),
    events: podEventSayings(facts, IMAGE_REASONS, IMAGE_EVENTS),
  };
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
