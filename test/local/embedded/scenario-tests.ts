import { describe, test } from "vitest";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { makePlace } from "../../../local/scenarios/embedded-place.ts";
import { startEmbeddedCluster } from "../../../local/embedded/start.ts";
import { loadScenario, scenarioNames } from "../../../local/scenarios/load.ts";
import { playScenario, toldBy } from "../../../local/scenarios/play.ts";
import { unanswered } from "../../support/unanswered.ts";
import { recordedRequests, Sent } from "../../contract/sent-requests.ts";

/** How many times faster than real the time of the clusters passes. */
const SPEED = 10;

/** Parts of the names of the scenarios to play, separated by commas; all of them when it is not set. */
const WANTED = process.env["REMEDIATION_SCENARIOS"]?.split(",");
const known = recordedRequests();

/** Which of the scenarios, by their order, are played in one file, so that two workers share them. */
export type Half = "first" | "second";

function namesOf(half: Half): string[] {
  const all = scenarioNames();
  const middle = Math.ceil(all.length / 2);
  const names = half === "first" ? all.slice(0, middle) : all.slice(middle);
  return names.filter((name) => WANTED?.some((part) => name.includes(part)) ?? true);
}

/** A test of each of these scenarios. */
export function playScenarios(half: Half): void {
  const names = namesOf(half);
  if (names.length === 0) {
    // A file without any test is a failure.
    test.skip("none of the scenarios that are wanted is in this half", () => undefined);
    return;
  }
  describe.concurrent("on an embedded cluster, the scenario", () => {
    for (const name of names) {
      test(name, async ({ expect }) => {
        const scenario = loadScenario(name);
        const sent = new Sent();
        const cluster = await startEmbeddedCluster(
          SPEED,
          ({ userAgent, status }, { accept = "", contentType, ...rest }) => {
            if (!userAgent.startsWith("eks-remediation")) return;
            sent.note({ ...rest, path: `${rest.path}?${rest.query.toString()}`, accept, contentType }, status);
          },
        );
        try {
          // A deployment makes it, too: infra/rbac.yaml.
          await cluster.kubectl.run(["create", "namespace", CLAIM_NAMESPACE]);
          const place = await makePlace(cluster, { namespace: `play-${name}` });
          for await (const { index, run, comparison, missed } of playScenario(scenario, place)) {
            expect(comparison.actual, `run ${index + 1}\n${toldBy(run)}`).toEqual(comparison.expected);
            const { kubectl } = cluster;
            const ask = (args: readonly string[]) => kubectl.run(args);
            const answers = run.notifications.map(({ document }) => unanswered(document, ask));
            expect((await Promise.all(answers)).flat(), `commands of run ${index + 1}`).toEqual([]);
            expect(missed, "what should have happened meanwhile, in states that were not entered").toEqual([]);
          }
          const unknown = Object.keys(sent.all()).filter((kind) => !(kind in known));
          expect(unknown, "requests that the contract does not know yet; run: npm run contract:record").toEqual([]);
        } finally {
          await cluster.stop();
        }
      });
    }
  });
}
