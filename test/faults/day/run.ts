import { claim as claimStep } from "../../../functions/claim/handler.ts";
import { historyOf } from "../../../functions/run/lease.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE, Policy } from "../../../functions/shared/policy.ts";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import {
  addNodes,
  admittingStore,
  type ApiObject,
  DrivenClock,
  EVENTS,
  resourceOfKind,
  startApiServer,
  startControllers,
} from "../../../local/embedded/index.ts";
import { startExecution, type FunctionName } from "../../../local/engine/engine.ts";
import { localEnvironment } from "../../../local/engine/environment.ts";
import { connect, forgetEvents } from "./embedded.ts";
import type { DayRecord, Sample, Told, Trouble, Write } from "./record.ts";
import { planDay, type Happening } from "./plan.ts";
import { StageHand } from "./stage-hand.ts";

/**
 * Plays a day in a process of its own, whose memory can be told: `node --expose-gc run.ts RUNS SEED`. What came of it goes
 * to the standard output as JSON.
 */

const [runs = "1440", seed = "1"] = process.argv.slice(2);
const START = new Date("2026-06-01T00:00:00Z");
const POLICY = Policy.parse({});
const DAY_SECONDS = 86_400;
/** What is left is waited for so long after the last run. */
const END_MINUTES = 60;
const NODES_COUNT = 3;
const LEASES = resourceOfKind("Lease");

process.stdout.write(JSON.stringify(await playDay(Number(runs), Number(seed))));
process.exit(0);

async function playDay(minutes: number, seedNumber: number): Promise<DayRecord> {
  const clock = new DrivenClock(START);
  const store = admittingStore(clock);
  const writes: Write[] = [];
  const server = await startApiServer(store, {
    onAnswered: ({ verb, resource, uri, userAgent, status }) => {
      if (["get", "list", "watch"].includes(verb) || status >= 300 || !userAgent.startsWith("eks-remediation/")) return;
      if (uri.includes("dryRun=All") || ["leases", "events", "namespaces"].includes(resource)) return;
      writes.push({ at: clock.now().getTime(), what: `${verb} ${resource}`, path: uri.split("?")[0] ?? "" });
    },
  });
  const controllers = startControllers(store);
  addNodes(store, NODES_COUNT);
  const told: Told[] = [];
  const environments = new Map<FunctionName, NotifyEnvironment>();
  const environmentOf = (name: FunctionName): NotifyEnvironment => {
    const known = environments.get(name);
    if (known !== undefined) return known;
    const connection = connect(server.url, `eks-remediation/${name}`);
    const environment: NotifyEnvironment = {
      ...localEnvironment(connection, POLICY, []),
      now: () => clock.now(),
      publish: ({ report: { workload, outcome, reason } }) => {
        const name = workload === undefined ? undefined : `${workload.namespace}/${workload.name}`;
        told.push({ at: clock.now().getTime(), workload: name, outcome, reason });
        return Promise.resolve();
      },
    };
    environments.set(name, environment);
    return environment;
  };
  const admin = new HttpCluster(connect(server.url, "admin"));
  const plan = planDay(minutes, seedNumber);
  const hand = new StageHand(admin, plan);
  await clock.work(() => hand.setUp());

  const at = (minute: number) => new Date(START.getTime() + minute * 60_000);
  const troubles: Trouble[] = [{ workload: plan.broken, begun: START.getTime(), ended: undefined }];
  const failed: string[] = [];
  const outcomes: Record<string, number> = {};
  const samples: Sample[] = [];
  let open = 0;
  const began = performance.now();

  const execute = async (minute: number) => {
    open++;
    await clock.work(async () => {
      const { result } = startExecution({
        input: { cluster_name: "embedded" },
        name: `run-${minute}`,
        environment: environmentOf,
        sleep: (seconds) => clock.sleep(seconds),
      });
      const ended = await result;
      if (ended.status !== "succeeded") {
        failed.push(
          `run-${minute}: ${ended.status === "failed" ? `${ended.error.name}: ${ended.error.cause}` : ended.status}`,
        );
        return;
      }
      for (const outcome of (ended.output as { outcomes: string[] }).outcomes)
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    });
    open--;
  };

  const running: Promise<void>[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    await clock.driveTo(at(minute));
    for (const happening of plan.happenings.filter((each) => each.minute === minute)) {
      const failing = await clock.work(() => hand.carryOut(happening));
      const now = clock.now().getTime();
      troubles.push(...failing.map((workload) => ({ workload, begun: now, ended: undefined })));
      for (const trouble of troubles) if (isEnd(happening, trouble.workload, failing)) trouble.ended ??= now;
    }
    running.push(execute(minute));
    if (minute % 10 === 0) forgetEvents(store, clock.now());
    if (minute > 0 && minute % 60 === 0) samples.push(sample(minute / 60));
  }
  await clock.driveTo(at(minutes + END_MINUTES));
  await Promise.all(running);
  const held = leases().filter(({ spec }) => (spec?.holderIdentity ?? "") !== "");
  const lines = leases().map((lease) => historyOf(lease).length);
  const before = leases().length;
  await claimLater();
  const left = leases().map(({ metadata }) => metadata?.name ?? "");
  const record: DayRecord = {
    runs: minutes,
    seconds: (performance.now() - began) / 1_000,
    outcomes,
    failed,
    open,
    troubles,
    told,
    writes,
    samples: [...samples, sample(Math.round((minutes + END_MINUTES) / 60))],
    held: held.map(({ metadata }) => metadata?.name ?? ""),
    longestHistory: Math.max(0, ...lines),
    claimsAtEnd: before,
    claimsLeft: left,
    broken: plan.broken,
    pause: POLICY.cool_down,
  };
  controllers.stop();
  await server.stop();
  return record;

  function leases(): Lease[] {
    return store.list(LEASES, CLAIM_NAMESPACE);
  }

  /** When five weeks have passed, another workload is claimed: by then nothing else is in use. */
  async function claimLater(): Promise<void> {
    const later = new Date(clock.now().getTime() + 35 * DAY_SECONDS * 1_000);
    const workload = { kind: "Deployment", namespace: "shop", name: "later" };
    const incident = { workload, failures: [], failing_pods: 1, sample_pods: [] };
    const execution = { id: "later", name: "later" };
    const run = { cluster_name: "embedded", dry_run: false, execution, incident };
    await claimStep({ ...environmentOf("claim"), now: () => later })({ operation: "acquire", run });
  }

  function sample(hour: number): Sample {
    const events = store.list(EVENTS);
    gc?.();
    return {
      hour,
      heap: process.memoryUsage().heapUsed,
      handles: process.getActiveResourcesInfo().filter((name) => name !== "Immediate").length,
      claims: leases().length,
      events: events.filter(isOurs).length,
    };
  }
}

/** The end of a failure: people fixed its workload, or it is gone. */
function isEnd(happening: Happening, workload: string, failing: readonly string[]): boolean {
  if (failing.includes(workload)) return false;
  if ("workload" in happening) return happening.workload === workload;
  if ("namespace" in happening) return workload === `${happening.namespace}/web`;
  return "pod" in happening && workload === `shop/${happening.pod}`;
}

function isOurs(event: ApiObject): boolean {
  return event["reportingComponent"] === "eks-remediation";
}
