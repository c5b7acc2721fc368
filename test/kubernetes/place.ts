import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { playStages } from "../../local/cluster/play-stages.ts";
import { isBookkeeping, type Place } from "../../local/scenarios/play.ts";
import type { Forwarded, Outgoing } from "../faults/proxy/forward.ts";
import type { Scenario } from "./scenario.ts";

/**
 * A scenario's namespace on the suite's cluster, as the place where it is played.
 * @param onSent is told of every request that the workflow's functions send
 */
export function placeOf(place: Scenario, onSent?: (request: Outgoing, answer: Forwarded) => void): Place {
  return {
    namespace: place.namespace,
    now: () => new Date(),
    run: (request, policy, surroundings) =>
      onSent === undefined
        ? place.play(request, policy, surroundings)
        : place.playWatched(request, policy, surroundings, onSent),
    writes: () => writes(place),
    kubectl: (...args) => place.kubectl("-n", place.namespace, ...args),
    applyText: (manifest, namespace, manager) => place.applyText(manifest, namespace, manager),
    until: (what, holds, seconds) => place.until(what, holds, seconds),
    sleep: async (seconds) => {
      await sleep(seconds * 1_000);
    },
    playStages: (stages) => playStages(inject("kubeconfig"), stages),
    addNode: async () => {
      const name = `own-${place.namespace.slice(-6)}`;
      await place.apply("node", { NAME: name });
      await place.kubectl("wait", `node/${name}`, "--for=condition=Ready");
      return name;
    },
    removeNode: async (name) => {
      await place.kubectl("delete", "node", name);
    },
  };
}

function writes(place: Scenario): string[] {
  return place
    .writes()
    .filter(({ status, resource }) => status < 300 && !isBookkeeping(resource))
    .map(({ verb, resource }) => `${verb} ${resource}`);
}
