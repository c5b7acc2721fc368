import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Diagnosis, RequestedRemedy } from "../../../functions/run/contracts.ts";
import { evidence, incident, policy } from "../../support/objects.ts";
import { toldOf } from "../../support/told.ts";
import { arbitraryWorld, worldOf, type World } from "../../support/worlds.ts";

const RUNS = { numRuns: 1_000, seed: 20_260_601 };

const request = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom<RequestedRemedy>(
    { action: "rollback" },
    { action: "rollback", revision: 7 },
    { action: "scale", replicas: 5 },
    { action: "restart", pod: "web-1-0" },
  ),
);

interface Told extends ReturnType<typeof toldOf> {
  world: World;
  diagnosis: Diagnosis;
}

function everyDiagnosis(check: (told: Told) => void): void {
  fc.assert(
    fc.property(arbitraryWorld, request, (drawn, requested) => {
      const world = worldOf(drawn);
      const names = world.pods.map(({ metadata }) => metadata?.name ?? "");
      const about = incident({ sample_pods: names.slice(0, 3), ...(requested === undefined ? {} : { requested }) });
      const diagnosis = classify(evidence({ ...world, incident: about }), policy());
      check({ world, diagnosis, ...toldOf(diagnosis, about) });
    }),
    RUNS,
  );
}

/** `kubectl -n shop logs web-1 -c app`: the namespace, the verb and what follows. */
const COMMAND = /kubectl (?:-n (\S+) )?(describe|logs|edit|get|rollout \w+)((?: [-\w/]+(?:\.[-\w]+)*)*)/g;

/** What a command names and the cluster does not hold. */
function unknownTo({ workload, pods, hpa }: World, text: string): string[] {
  const kinds: Record<string, readonly (string | undefined)[]> = {
    deployment: [workload.metadata?.name],
    pod: pods.map(({ metadata }) => metadata?.name),
    hpa: [hpa?.metadata?.name],
  };
  return [...text.matchAll(COMMAND)].flatMap(([whole, namespace = "shop", verb = "", rest = ""]) => {
    const [first = "", second = "", third] = rest.trim().split(" ");
    const isKnown = (kind: string, name: string) => kinds[kind.split(".")[0] ?? ""]?.includes(name) === true;
    if (namespace !== "shop") return [whole];
    if (verb === "logs" && first !== "" && !first.startsWith("-")) {
      const pod = pods.find(({ metadata }) => metadata?.name === first);
      const containers = [...(pod?.spec?.initContainers ?? []), ...(pod?.spec?.containers ?? [])];
      const named = second === "-c" ? third : undefined;
      return pod !== undefined && (named === undefined || containers.some(({ name }) => name === named)) ? [] : [whole];
    }
    return verb === "describe" || verb === "edit" ? (second === "" || isKnown(first, second) ? [] : [whole]) : [];
  });
}

describe("whatever is found,", () => {
  it("it has words, in whole sentences, with nothing in them that was not known", () => {
    everyDiagnosis(({ diagnosis, sentences }) => {
      const { summary, remedy } = diagnosis;
      expect(summary).toMatch(/^[A-Z0-9].*[.]$/s);
      if (remedy.action === "none") expect(remedy.message).toMatch(/^[A-Z0-9].*[.`]$/s);
      for (const sentence of sentences) {
        expect(sentence).not.toMatch(
          /undefined|\bnull\b|NaN|Infinity|\[object|\(\)|\$\{| {2}|\.\.(?!\.)|\b0 pods? (fail|crash)/,
        );
      }
    });
  });

  it("every command refers to what the cluster holds", () => {
    everyDiagnosis(({ world, sentences, commands }) => {
      expect([...sentences, ...commands].flatMap((text) => unknownTo(world, text))).toEqual([]);
    });
  });

  it("that a revision ran well for long is said only where that is in the evidence, or of the one to return to", () => {
    everyDiagnosis(({ diagnosis, sentences }) => {
      if (!sentences.some((text) => /\bran well for (long|\d)|running well for/.test(text))) return;
      expect(diagnosis.evidence.join("\n")).toMatch(/ran for \d+ s|first failed about \d+ s|\d+ s before|\d+ s after/);
    });
  });

  it("whoever has to go back is told of a revision of the history, and never of one that is not there", () => {
    everyDiagnosis(({ world, sentences }) => {
      const numbers = world.holders.map(({ metadata }) => metadata?.annotations?.["deployment.kubernetes.io/revision"]);
      for (const sentence of sentences.filter((text) => !text.includes("is not in the Deployment's history"))) {
        for (const [, number] of sentence.matchAll(/\brevision (\d+)/gi)) expect(numbers, sentence).toContain(number);
      }
    });
  });
});
