import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLastWords, readLogEnds } from "../../../functions/facts/last-words.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, refusal } from "../../support/api-server.ts";

const LOG_B = "/api/v1/namespaces/shop/pods/web-b/log";

const IMAGE = { image: "shop/web:1", imageID: "" };

/** A pod whose container `app` waits for its next start, and that ended at that minute. */
function crashed(name: string, minute: number): Pod {
  const ended = { exitCode: 1, startedAt: "2026-06-01T11:00:00Z", finishedAt: `2026-06-01T11:${minute}:00Z` };
  return {
    metadata: { name, namespace: "shop" },
    spec: { containers: [{ name: "app" }, { name: "proxy" }] },
    status: {
      phase: "Running",
      containerStatuses: [
        {
          name: "app",
          ...IMAGE,
          ready: false,
          restartCount: 4,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: ended },
        },
        { name: "proxy", ...IMAGE, ready: true, restartCount: 0, state: { running: {} } },
      ],
    },
  };
}

describe("readLastWords", () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await ApiServer.start();
  });
  afterEach(() => api.stop());

  it("reads the previous log of the container that crashed last, and no other", async () => {
    api.on("GET", LOG_B, (response) => response.end("one\ntwo password=x\n\nthree\n"));

    expect(await readLastWords(api.cluster(), [crashed("web-a", 10), crashed("web-b", 20)], 2)).toEqual([
      { pod: "web-b", container: "app", lines: ["two password=[hidden]", "three"] },
    ]);
    expect(api.requests.map(({ path, query }) => ({ path, query }))).toEqual([
      { path: LOG_B, query: { container: "app", previous: "true", tailLines: "2", limitBytes: "65536" } },
    ]);
  });

  it("asks for nothing where the policy wants no lines", async () => {
    expect(await readLastWords(api.cluster(), [crashed("web-a", 10)], 0)).toEqual([]);
    expect(api.requests).toEqual([]);
  });

  it("ends with the last line, however long those before it are", async () => {
    const log = [1, 2, 3, 4, 5, 6].map((index) => `line ${index} ${"x ".repeat(8_000)}\n`);
    api.on("GET", LOG_B, (response, { query }) => {
      // As the kubelet does it: the lines are chosen from the end, and the bytes are counted from the first of them.
      const chosen = log.slice(-Number(query["tailLines"])).join("");
      response.end(Buffer.from(chosen).subarray(0, Number(query["limitBytes"])));
    });
    const [said] = await readLastWords(api.cluster(), [crashed("web-b", 20)], 6);

    expect(said?.lines.map((line) => line.slice(0, 6))).toEqual(["line 4", "line 5", "line 6"]);
  });

  it("has the beginning of a last line that is longer than may be read", async () => {
    api.on("GET", LOG_B, (response, { query }) => {
      response.end(`panic: ${"x ".repeat(100_000)}`.slice(0, Number(query["limitBytes"])));
    });
    const [said] = await readLastWords(api.cluster(), [crashed("web-b", 20)], 3);

    expect(said?.lines).toHaveLength(1);
    expect(said?.lines[0]).toMatch(/^panic: x x/);
  });

  it.each([
    [400, "WriteRefused"],
    [403, "Forbidden"],
    [404, "NotFound"],
    [500, "ClusterUnavailable"],
  ])("says nothing where the API server answers %i, but which log that is", async (status, name) => {
    api.on("GET", LOG_B, refusal(status, "no log"));
    expect(await readLogEnds(api.cluster(), [crashed("web-b", 10)], 2)).toEqual({
      words: [],
      notRead: [`log of container app: ${name}`],
    });
  });
});
