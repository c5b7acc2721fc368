import { describe, expect, it } from "vitest";
import { reachOf, type Vote } from "../../../functions/scan/votes.ts";

/** So many namespaces, the first of them hit. */
const votes = (number: number, hit: number): Vote[] =>
  Array.from({ length: number }, (_, index) => {
    const failing = index < hit ? 5 : 0;
    return { namespace: `n${index}`, failing, workloads: failing, isHit: index < hit, isMost: index < hit };
  });

/** How many namespaces have to be hit until it is a storm of some of them, and until it is one of all; none if never. */
function needed(number: number, share: number) {
  const reaches = Array.from({ length: number }, (_, index) => reachOf(votes(number, index + 1), { least: 10, share }));
  const [some, all] = [false, true].map((isAll) => {
    const first = reaches.findIndex((reach) => reach === "everywhere" || (!isAll && reach.size > 0));
    return first === -1 ? undefined : first + 1;
  });
  return { some, all };
}

describe.each([0.1, 0.3, 0.5, 0.8])("how many namespaces have to be hit, with a share of %d", (share) => {
  it("never rises by more than one where there is one more, nor falls", () => {
    for (let number = 4; number <= 80; number++) {
      const [before, after] = [needed(number - 1, share).some ?? 0, needed(number, share).some ?? 0];
      expect([0, 1], `${number} namespaces`).toContain(after - before);
    }
  });

  it("is the same for a storm of some and of all from twenty on, and up to two less below", () => {
    for (let number = 20; number <= 80; number++) {
      const { some, all } = needed(number, share);
      expect(some, `${number} namespaces`).toBe(all);
    }
    for (let number = 12; number < 20; number++) {
      const { some = 0, all = 0 } = needed(number, share);
      expect([0, 1, 2], `${number} namespaces`).toContain(all - some);
    }
  });
});
