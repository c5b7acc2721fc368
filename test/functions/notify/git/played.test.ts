import { expect, it } from "vitest";
import { deployedOf } from "../../../../functions/notify/git/deployed.ts";
import type { NotificationDocument } from "../../../../functions/notify/notification.ts";
import { CLAIM_NAMESPACE } from "../../../../functions/shared/policy.ts";
import { startEmbeddedCluster } from "../../../../local/embedded/index.ts";
import { makePlace } from "../../../../local/scenarios/embedded-place.ts";
import { loadScenario } from "../../../../local/scenarios/load.ts";
import { playScenario } from "../../../../local/scenarios/play.ts";
import { Playground } from "./told-in-git.ts";

const SPEED = 10;

/** What is told of a scenario that is played on an embedded cluster. */
async function toldOf(scenario: string): Promise<NotificationDocument[]> {
  const cluster = await startEmbeddedCluster(SPEED);
  try {
    await cluster.kubectl.run(["create", "namespace", CLAIM_NAMESPACE]);
    const place = await makePlace(cluster, { namespace: `play-${scenario}` });
    const told: NotificationDocument[] = [];
    for await (const { run } of playScenario(loadScenario(scenario), place))
      told.push(...run.notifications.map(({ document }) => document));
    return told;
  } finally {
    await cluster.stop();
  }
}

it("what the workflow itself tells of a rollback through Argo CD is a revert of the commit that it went back from", async () => {
  const told = await toldOf("argo-cd-application-synced-back");
  const rolledBack = told.find(({ outcome }) => outcome === "Recovered");
  if (rolledBack?.change?.kind !== "argo-cd-rollback") throw new Error("It is not rolled back through Argo CD.");
  // The scenario's own revisions are shorter than commits.
  expect(deployedOf(rolledBack)).toEqual({ unsure: "what the Application deployed is no commit of Git" });

  const play = await new Playground("github", { opens: "revert" }).start();
  const good = play.git.commit({ "web.yaml": "1" }, [], "main");
  const bad = play.git.commit({ "web.yaml": "2" }, [good], "main");
  const { from, to } = rolledBack.change;
  const change = { ...rolledBack.change, from: { ...from, revisions: [bad] }, to: { ...to, revisions: [good] } };
  expect((await play.deliver({ ...rolledBack, change })).status).toBe("revert opened");
  expect(play.git.filesAt(`eks-remediation/revert-${bad}`)).toEqual({ "web.yaml": "1" });
  play.stop();
});
