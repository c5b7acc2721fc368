import { beforeAll, describe, expect, it } from "vitest";
import { recordedAnswers } from "./answers.ts";
import { chapters } from "./chapter.ts";
import { differencesBetween, listedDifferences, listedExchanges, unexpected } from "./differences.ts";
import { play, type Played } from "./play.ts";
import { kindOf, recordedRequests, sentBy } from "./sent-requests.ts";
import { startEmbedded } from "./servers.ts";

const RECORD = "Run: npm run contract:record";
const names = chapters().map(({ name }) => name);
const played = new Map<string, Played[]>();

beforeAll(async () => {
  for (const chapter of chapters()) {
    const server = await startEmbedded();
    played.set(chapter.name, await play(chapter, server).finally(() => server.stop()));
  }
});

describe("the embedded API server, held to what the real one answered,", () => {
  it.each(names)("keeps the contract: %s", (chapter) => {
    const recorded = recordedAnswers(chapter);
    const found = (played.get(chapter) ?? []).flatMap(({ name, answer }) => {
      const real = recorded.get(name);
      if (real === undefined) throw new Error(`No answer is recorded to "${name}". ${RECORD}`);
      return differencesBetween(name, real, answer);
    });

    expect(unexpected(found, listedDifferences(chapter))).toEqual({ unlisted: [], gone: [] });
  });
});

describe("the contract", () => {
  it("has every kind of request that the functions send, with every status that they get", () => {
    const asked = new Set(
      [...played].flatMap(([chapter, exchanges]) => {
        const recorded = recordedAnswers(chapter);
        return exchanges.map(({ name, request }) => `${recorded.get(name)?.status ?? 0} ${kindOf(sentBy(request))}`);
      }),
    );
    const sent = Object.entries(recordedRequests()).flatMap(([kind, statuses]) =>
      statuses.map((status) => `${status} ${kind}`),
    );

    expect(sent.filter((request) => !asked.has(request))).toEqual([]);
  });

  it("lists differences in exchanges that there are", () => {
    const known = [...played.values()].flat().map(({ name }) => name);

    expect(listedExchanges().filter((exchange) => !known.includes(exchange))).toEqual([]);
  });

  it("has no answers to what is not asked any more", () => {
    for (const [chapter, exchanges] of played) {
      expect([...recordedAnswers(chapter).keys()], RECORD).toEqual(exchanges.map(({ name }) => name));
    }
  });
});
