import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE, Policy } from "../../../functions/shared/policy.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import {
  addNodes,
  admittingStore,
  DrivenClock,
  EVENTS,
  resourceOfKind,
  startApiServer,
  startControllers,
} from "../../../local/embedded/index.ts";
import { startExecution, type ExecutionEvent } from "../../../local/engine/engine.ts";
import { localEnvironment } from "../../../local/engine/environment.ts";
import { connect, forgetEvents } from "../day/embedded.ts";
import { CHRONIC, createDeployment, SHOP } from "./failing.ts";
import type { ChronicRecord, ChronicWorkload } from "./record.ts";

/** Plays scheduled runs over failures that nobody fixes: `node run.ts RUNS`. What came of it goes to the standard output as JSON. */

const START = new Date("2026-06-01T00:00:00Z");
const POLICY = Policy.parse({});
/** Everything runs well for the time that makes a revision count as stable. */
const QUIET_MINUTES = 15;
const END_MINUTES = 60;
const NODES_COUNT = 3;
/** Workloads that run well, so that what fails is no storm. */
const WELL = 16;

process.stdout.write(JSON.stringify(await play(Number(process.argv[2] ?? "1560"))));
process.exit(0);

async function play(runs: number): Promise<ChronicRecord> {
  const clock = new DrivenClock(START);
  const store = admittingStore(clock);
  const counts = new Map(CHRONIC.map(({ name }) => [name, nothing(name)]));
  const ofPath = (path: string) =>
    CHRONIC.find(({ name }) => path.split(/[/.]/).some((part) => part === name || part.startsWith(`${name}-`)));
  const server = await startApiServer(store, {
    onAnswered: ({ verb, resource, uri, userAgent, status }) => {
      if (["get", "list", "watch"].includes(verb) || status >= 300 || !userAgent.startsWith("eks-remediation/")) return;
      if (uri.includes("dryRun=All") || ["events", "namespaces"].includes(resource)) return;
      const own = counts.get(ofPath(uri)?.name ?? "");
      if (own === undefined) return;
      if (resource === "leases") own.claims++;
      else own.changes++;
    },
  });
  const controllers = startControllers(store);
  addNodes(store, NODES_COUNT);
  const others: string[] = [];
  const failed: string[] = [];
  let minute = 0;
  const admin = new HttpCluster(connect(server.url, "admin"));
  await clock.work(async () => {
    await admin.create(paths.namespaces(), { apiVersion: "v1", kind: "Namespace", metadata: { name: SHOP } });
    for (let index = 0; index < WELL; index++) await createDeployment(admin, `well-${index}`);
    for (const { create } of CHRONIC) await create(admin);
  });

  const environment = {
    ...localEnvironment(connect(server.url, "eks-remediation/any"), POLICY, []),
    now: () => clock.now(),
    publish: ({
      report: { workload, outcome, summary },
    }: {
      report: { workload?: { name: string } | undefined; outcome: string; summary: string };
    }) => {
      const own = counts.get(workload?.name ?? "");
      if (own === undefined) others.push(`${outcome} ${workload?.name ?? ""}: ${summary}`);
      else own.told.push({ minute, outcome });
      return Promise.resolve();
    },
  };
  const execute = async (number: number) => {
    await clock.work(async () => {
      const { result } = startExecution({
        input: { cluster_name: "embedded" },
        name: `run-${number}`,
        environment: () => environment,
        sleep: (seconds) => clock.sleep(seconds),
        onEvent: ({ type, input }: ExecutionEvent) => {
          const { incident } = input as { incident?: { workload: { name: string } } };
          const own = counts.get(incident?.workload.name ?? "");
          if (type === "entered" && own !== undefined) own.transitions++;
        },
      });
      const ended = await result;
      if (ended.status === "failed") failed.push(`run-${number}: ${ended.error.name}: ${ended.error.cause}`);
    });
  };

  const running: Promise<void>[] = [];
  const seen = new Set<string>();
  for (; minute < runs; minute++) {
    await clock.driveTo(at(minute));
    await clock.work(async () => {
      for (const { begin, again } of CHRONIC) {
        if (minute === QUIET_MINUTES) await begin?.(admin);
        if (minute > QUIET_MINUTES) await again?.(admin);
      }
    });
    running.push(execute(minute));
    countEvents();
    if (minute % 10 === 0) forgetEvents(store, clock.now());
  }
  await clock.driveTo(at(runs + END_MINUTES));
  await Promise.all(running);
  countEvents();
  const held = store
    .list<Lease>(resourceOfKind("Lease"), CLAIM_NAMESPACE)
    .filter(({ spec }) => (spec?.holderIdentity ?? "") !== "")
    .map(({ metadata }) => metadata?.name ?? "");
  controllers.stop();
  await server.stop();
  return { runs, failed, held, others, workloads: [...counts.values()] };

  /** Events are counted before they expire. */
  function countEvents(): void {
    for (const event of store.list(EVENTS)) {
      const uid = event.metadata?.uid ?? "";
      if (event["reportingComponent"] !== "eks-remediation" || seen.has(uid)) continue;
      seen.add(uid);
      const { name = "" } = (event["regarding"] ?? event["involvedObject"] ?? {}) as { name?: string };
      const own = counts.get(ofPath(name)?.name ?? "");
      if (own !== undefined) own.events++;
    }
  }
}

function at(minute: number): Date {
  return new Date(START.getTime() + minute * 60_000);
}

function nothing(name: string): ChronicWorkload {
  return { name, told: [], transitions: 0, changes: 0, claims: 0, events: 0 };
}
