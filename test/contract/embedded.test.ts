import { describe, expect, it } from "vitest";
import { recordedAnswers } from "./answers.ts";
import { chapters } from "./chapter.ts";
import { differencesBetween, listedDifferences, unexpected } from "./differences.ts";
import { play } from "./play.ts";
import { startEmbedded } from "./servers.ts";

describe("the embedded API server, held to what the real one answered,", () => {
  for (const chapter of chapters()) {
    it(`keeps the contract of ${chapter.name}`, async () => {
      const server = await startEmbedded();
      const played = await play(chapter, server).finally(() => server.stop());
      const recorded = recordedAnswers(chapter.name);
      const found = played.flatMap(({ name, answer }) => {
        const real = recorded.get(name);
        if (real === undefined) throw new Error(`No answer to "${name}" is recorded. Run: npm run contract:record`);
        return differencesBetween(name, real, answer);
      });
      expect(unexpected(found, listedDifferences(chapter.name))).toEqual({ unlisted: [], gone: [] });
    });
  }
});
