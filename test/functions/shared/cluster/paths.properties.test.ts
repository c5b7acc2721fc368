import fc from "../../../support/properties.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paths } from "../../../../functions/shared/cluster/paths.ts";
import { isRemediationError } from "../../../../functions/shared/errors.ts";
import { ApiServer } from "../../../support/api-server.ts";
import { hostileText } from "../../../support/hostile.ts";

type Path = (...names: string[]) => string;

const PATHS = Object.entries(paths) as [string, Path][];
/** Names that stand for themselves: what is at their places in a path is a name. */
const PLACEHOLDERS = ["namespace-here", "name-here"];

/** The path, or undefined when it is refused; anything else that is thrown fails the test. */
function built(path: Path, names: string[]): string | undefined {
  try {
    return path(...names);
  } catch (error) {
    if (!isRemediationError(error, "InvalidStepInput")) throw error;
    return undefined;
  }
}

/** The segments that are asked for, each decoded, after a URL has resolved what it resolves. */
function segments(path: string): string[] {
  const url = new URL(path, "https://cluster.example");
  expect([url.host, url.search, url.hash]).toEqual(["cluster.example", "", ""]);
  return url.pathname.split("/").map((segment) => decodeURIComponent(segment));
}

/** The segments of that path with these names in their places. */
function intended(path: Path, names: string[]): string[] {
  return path(...PLACEHOLDERS)
    .split("/")
    .map((segment) => names[PLACEHOLDERS.indexOf(segment)] ?? segment);
}

const anyPath = fc.tuple(fc.constantFrom(...PATHS), hostileText, hostileText);

let api: ApiServer;
beforeAll(async () => {
  api = await ApiServer.start();
});
afterAll(async () => {
  await api.stop();
});

describe("every path, whatever the names in it,", () => {
  it("stays in its collection when it is read as a URL, or is refused", () => {
    fc.assert(
      fc.property(anyPath, ([[, path], namespace, name]) => {
        const names = [namespace, name];
        const made = built(path, names);
        if (made !== undefined) expect(segments(made)).toEqual(intended(path, names));
      }),
      { numRuns: 5_000 },
    );
  });

  it("is asked for as it was built, and no other", async () => {
    await fc.assert(
      fc.asyncProperty(anyPath, fc.constantFrom("", "/k8s/clusters/c-1"), async ([[, path], namespace, name], base) => {
        const made = built(path, [namespace, name]);
        fc.pre(made !== undefined && made.length < 8_000);
        api.requests.length = 0;

        await expect(api.cluster(base).get(made)).rejects.toMatchObject({ name: "NotFound" });

        expect(api.requests.map((request) => request.path)).toEqual([`${base}${made}`]);
      }),
      { numRuns: 300 },
    );
  });

  it("of an eviction is that of its pod", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, hostileText, async (namespace, name) => {
        const pod = built(paths.pod, [namespace, name]);
        fc.pre(pod !== undefined && pod.length < 8_000);
        api.requests.length = 0;

        await expect(api.cluster().evict(namespace, name, { uid: "uid" })).rejects.toMatchObject({ name: "NotFound" });

        expect(api.requests).toMatchObject([{ method: "POST", path: `${pod}/eviction` }]);
      }),
      { numRuns: 150 },
    );
  });
});
