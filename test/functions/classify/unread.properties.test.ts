import fc from "../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { gatherEvidence } from "../../../functions/facts/evidence.ts";
import { groupIncidents } from "../../../functions/scan/incidents.ts";
import type { HistoryEntry, Incident } from "../../../functions/run/contracts.ts";
import { failuresOf } from "../../../functions/kinds/failing/overdue.ts";
import type { ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { ago, incident, NOW, policy, WEB } from "../../support/objects.ts";
import { marked } from "../../support/owner-marks.ts";
import { shownCluster, type Shown, type Source } from "../../support/shown-cluster.ts";
import { surrounded } from "../../support/surrounded.ts";
import { toldOf } from "../../support/told.ts";
import { arbitraryWorld, worldOf, written, type World } from "../../support/worlds.ts";

const RUNS = { numRuns: 250, seed: 20_260_601 };
const LOG_LINES = 5;
const HISTORY: readonly HistoryEntry[] = [
  { at: ago(7_200), execution: "earlier", cause: "CrashLoop", action: "none", outcome: "Skipped" },
];

/** What is read of a world. */
interface Reading {
  shown: Shown;
  refused: Source[];
  logLines: number;
  history: readonly HistoryEntry[];
}

/** A source of facts: how it is kept from the workflow, and which sentences cannot be said without it. */
interface Row {
  without: (reading: Reading) => Reading;
  sentences: readonly RegExp[];
  /** What else the world has to have for them to be said at all. */
  world?: (world: World) => World;
}

const refuse =
  (source: Source): Row["without"] =>
  (reading) => ({ ...reading, refused: [source] });

const EVENTS = [
  /^event (on )?\w+/,
  /while its \w+ probe failed/,
  // Neither what they hold, nor that they hold nothing.
  /\bevents? (say|tell|name|show)s?\b/i,
  /\bno (further )?(events?|warnings?)\b/i,
  /(kubelet|scheduler|controller) does not say/i,
  /liveness probe failed|timed out waiting for the condition|exceeded quota/i,
];
const BUDGETS = [/disruption ?budget/i];
const QUOTAS = [/^quota \S+ is used up/, /\bno quota\b|\bquotas? (has|have) room\b/i];
const NODES = [/^node \S+ has /, /\bno node (has|is under)\b/i];
const LOGS = [
  /^log of container/,
  /no such host/,
  /\b(wrote|said|logged) nothing\b|did not (write|say|log)|log is empty/i,
];
const WRITERS = [/last written by|wrote last at|changed the pod template at/];
const AUTOSCALING = [/\bHPA\b/, /no autoscaler|not autoscaled/i];
const PAST = [/^looked after before/, /\bfor the (first|second|third) time\b|\bthe same again\b/i];

const TABLE: Record<string, Row> = {
  "the Events": { without: refuse("events"), sentences: EVENTS },
  "the PodDisruptionBudgets": { without: refuse("budgets"), sentences: BUDGETS },
  "the quotas": { without: refuse("quotas"), sentences: QUOTAS },
  "the nodes": { without: (reading) => ({ ...reading, shown: { ...reading.shown, nodes: [] } }), sentences: NODES },
  "the logs, as they are refused": { without: refuse("log"), sentences: LOGS },
  "the logs, as the policy wants none": { without: (reading) => ({ ...reading, logLines: 0 }), sentences: LOGS },
  "the managed fields": { without: withoutManagedFields, sentences: WRITERS, world: releasedByHelm },
  "the HPAs, as their API is not there": {
    without: (reading) => ({ ...reading, shown: { ...reading.shown, hpa: undefined } }),
    sentences: AUTOSCALING,
  },
  "the history of its claim": { without: (reading) => ({ ...reading, history: [] }), sentences: PAST },
};

function withoutManagedFields({ shown, ...reading }: Reading): Reading {
  const bare = <T extends { metadata?: ObjectMeta }>(object: T): T => {
    const { managedFields: _left, ...metadata } = object.metadata ?? {};
    return { ...object, metadata };
  };
  const { workload, holders, pods } = shown;
  return {
    ...reading,
    shown: { ...shown, workload: bare(workload), holders: holders.map(bare), pods: pods.map(bare) },
  };
}

/** Helm has put the revision before the present one in place, and somebody else the present one. */
function releasedByHelm(world: World): World {
  const { workload, holders } = world;
  const [, before] = holders.toSorted((a, b) => createdAt(b.metadata) - createdAt(a.metadata));
  const seconds = (NOW.getTime() - createdAt(before?.metadata)) / 1_000;
  const metadata = marked(workload.metadata, {
    what: "Helm",
    metadata: {
      annotations: { "meta.helm.sh/release-name": "shop" },
      managedFields: [written("helm", ["selector"], Number.isFinite(seconds) ? seconds : 90_000)],
    },
  });
  return { ...world, workload: { ...workload, metadata } };
}

function createdAt(metadata: ObjectMeta | undefined): number {
  return Date.parse(metadata?.creationTimestamp ?? "");
}

/** The incident as a scan makes it of these pods. */
function incidentOf({ pods }: World): Incident {
  const moment = { now: NOW, deadlines: policy().detect };
  const failing = pods
    .map((pod) => ({ pod, failures: failuresOf(pod, moment) }))
    .filter(({ failures }) => failures.length > 0)
    .map(({ pod, failures }) => ({
      name: pod.metadata?.name ?? "",
      node: pod.spec?.nodeName,
      workload: { ...WEB },
      failures,
    }));
  return groupIncidents(failing, [])[0] ?? incident();
}

async function diagnose({ shown, refused, logLines, history }: Reading, about: Incident) {
  const cluster = shownCluster(shown, new Set(refused));
  return classify(await gatherEvidence(cluster, about, { tried: [], history }, { now: NOW, logLines }), policy());
}

async function sentencesOf(reading: Reading, about: Incident): Promise<string[]> {
  return toldOf(await diagnose(reading, about), about).sentences;
}

describe("no sentence is said that only what was not read could tell:", () => {
  it.each(Object.entries(TABLE))(
    "without %s",
    async (_what, { without, sentences, world: withMore = (world: World) => world }) => {
      let said = 0;
      const isSaid = (text: string) => sentences.some((sentence) => sentence.test(text));
      await fc.assert(
        fc.asyncProperty(arbitraryWorld, async (drawn) => {
          const world = withMore(worldOf(drawn));
          const all: Reading = { shown: surrounded(world), refused: [], logLines: LOG_LINES, history: HISTORY };
          const about = incidentOf(world);
          if (said === 0 && (await sentencesOf(all, about)).some(isSaid)) said++;
          expect((await sentencesOf(without(all), about)).filter(isSaid)).toEqual([]);
        }),
        RUNS,
      );
      expect(said, "with it, such a sentence is said").toBeGreaterThan(0);
    },
  );

  it.each<Source>(["pods", "replicaSets", "hpas"])("nothing at all where its %s may not be read", async (source) => {
    await fc.assert(
      fc.asyncProperty(arbitraryWorld, async (drawn) => {
        const world = worldOf(drawn);
        const all: Reading = { shown: surrounded(world), refused: [source], logLines: 0, history: [] };
        await expect(diagnose(all, incidentOf(world))).rejects.toMatchObject({ name: "Forbidden" });
      }),
      { ...RUNS, numRuns: 50 },
    );
  });
});
