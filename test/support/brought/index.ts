import { fileURLToPath } from "node:url";
import { loadScenario, type LoadedScenario } from "../../../local/scenarios/load.ts";

/**
 * A scenario of a kind that the workflow has nothing to say about: it is there to be played on both clusters, with the
 * same files and the same expectations.
 */
export function canaryScenario(): LoadedScenario {
  return loadScenario("canary", fileURLToPath(new URL(".", import.meta.url)));
}
