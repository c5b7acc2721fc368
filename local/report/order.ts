import { TONES } from "./outcome.ts";
import type { WorkloadStory } from "./workload-story.ts";

/** The stories in the order in which they are worth reading: what needs a person, then what did not go well, then the rest. */
export function byUrgency(stories: readonly WorkloadStory[]): WorkloadStory[] {
  return stories.toSorted((a, b) => urgencyOf(a) - urgencyOf(b));
}

function urgencyOf({ result }: WorkloadStory): number {
  if (result.needs_person) return 0;
  return TONES[result.outcome] === "bad" ? 1 : 2;
}
