import { startEmbeddedCluster, type EmbeddedCluster } from "../../local/embedded/index.ts";
import { afterEvent, type Rows } from "../../local/live/rows.ts";
import { tell } from "../../local/live/story.ts";
import { reportOf } from "../../local/report/html.ts";
import { Recorder } from "../../local/report/recording.ts";
import { makePlace } from "../../local/scenarios/embedded-place.ts";
import { loadScenario } from "../../local/scenarios/load.ts";
import { isBookkeeping, playScenario, WRITES, type Place } from "../../local/scenarios/play.ts";
import { quickPolicy } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow } from "../../local/scenarios/run-workflow.ts";
import { AsFunctions } from "./as-functions.ts";

/**
 * Plays scenarios on an embedded cluster, in whichever tree this file stands, and prints what came of each as JSON:
 * `node test/extension/play.ts NAME...`
 */

/** How much faster than real the cluster's time passes. */
const SPEED = 20;

interface EventObject {
  reason: string;
  source?: { component?: string };
}

async function play(name: string, cluster: EmbeddedCluster): Promise<object> {
  const { clock } = cluster;
  const functions = new AsFunctions(cluster, name);
  const recorder = new Recorder(() => clock.now());
  const place: Place = {
    ...(await makePlace(cluster, { namespace: name })),
    run: (request, policy, { onEntered }) =>
      runWorkflow({
        connectionOf: (step) => functions.connectionOf(step),
        request: { cluster_name: "embedded", namespace: name, ...request },
        policy: quickPolicy(policy),
        now: () => clock.now(),
        sleep: (seconds) => clock.sleep(seconds),
        onEntered,
        onEvent: (event) => {
          recorder.see(event);
        },
      }),
    writes: () =>
      functions
        .requests()
        .filter(({ verb, resource }) => WRITES.includes(verb) && !isBookkeeping(resource))
        .filter(({ status, uri }) => status < 300 && !uri.includes("dryRun=All"))
        .map(({ verb, resource }) => `${verb} ${resource}`),
  };
  for await (const { run, comparison, missed } of playScenario(loadScenario(name), place)) {
    const rows = new Set<string>();
    run.events.reduce<Rows>((before, event) => {
      const after = afterEvent(before, event, new Date());
      for (const { remedy, progress } of after.values()) rows.add(`${remedy}: ${progress}`);
      return after;
    }, new Map());
    const events = JSON.parse(await place.kubectl("get", "events", "-o", "json")) as { items: EventObject[] };
    return {
      ...{ comparison, missed, states: run.states, summaries: run.workloads.map(({ summary }) => summary) },
      documents: run.notifications.map(({ document }) => document),
      lines: run.events.flatMap((event) => tell(event) ?? []).map(({ state, text }) => `${state}: ${text}`),
      rows: [...rows],
      report: reportOf(recorder.finish("embedded", run.result, run.notifications)),
      events: events.items.filter(({ source }) => source?.component === "eks-remediation").map(({ reason }) => reason),
      notPermitted: functions.notPermitted(),
    };
  }
  throw new Error(`The scenario ${name} has no run.`);
}

const cluster = await startEmbeddedCluster(SPEED);
try {
  await cluster.kubectl.run(["create", "namespace", "eks-remediation"]);
  const names = process.argv.slice(2);
  const played = await Promise.all(names.map(async (name) => [name, await play(name, cluster)] as const));
  process.stdout.write(JSON.stringify(Object.fromEntries(played)));
} finally {
  await cluster.stop();
}
