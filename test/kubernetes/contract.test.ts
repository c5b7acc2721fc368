import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordAnswers, recordedAnswers } from "../contract/answers.ts";
import { chapters } from "../contract/chapter.ts";
import { differencesBetween, listedDifferences, unexpected } from "../contract/differences.ts";
import { play } from "../contract/play.ts";
import { startEmbedded, startReal, type StartedServer } from "../contract/servers.ts";

/** Whether to write down what the real server answers, instead of comparing it with what is written down. */
const RECORDS = process.env["REMEDIATION_CONTRACT_RECORD"] !== undefined;

let real: StartedServer;
beforeAll(async () => {
  real = await startReal();
});
afterAll(async () => {
  await real.stop();
});

describe("the real and the embedded API server", () => {
  for (const chapter of chapters()) {
    it(`answer alike: ${chapter.name}`, async () => {
      const played = await play(chapter, real);
      if (RECORDS) recordAnswers(chapter.name, played);
      expect(
        Object.fromEntries(played.map(({ name, answer }) => [name, answer])),
        "The recorded answers are not any more what the real server answers. Run: npm run contract:record",
      ).toEqual(Object.fromEntries(recordedAnswers(chapter.name)));

      const embedded = await startEmbedded();
      const answers = await play(chapter, embedded).finally(() => embedded.stop());
      const found = played.flatMap(({ name, answer }, index) => {
        const other = answers[index]?.answer;
        return other === undefined ? [] : differencesBetween(name, answer, other);
      });
      expect(unexpected(found, listedDifferences(chapter.name))).toEqual({ unlisted: [], gone: [] });
    });
  }
});
