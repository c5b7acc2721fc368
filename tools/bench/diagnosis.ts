import type { Incident } from "../../functions/run/contracts.ts";
import { Loader } from "./load.ts";
import { runOnce } from "./measure.ts";
import { foreignEvent } from "./population/others.ts";
import type { Stored } from "./population/objects.ts";
import { objectsOf } from "./population/population.ts";
import { plan, type Plan } from "./population/plan.ts";
import { truthOf, type Injected } from "./population/truth.ts";
import { openStage } from "./stage.ts";
import { FUNCTION_MEMORY } from "./ways.ts";

/** What the diagnosis of one workload took. */
export interface DiagnosisCost {
  /** How many Events of its namespace are about other objects. */
  foreignEvents: number;
  requests: number;
  /** What the API server sent, encryption included. */
  bytes: number;
  milliseconds: number;
  cpuSeconds: number;
}

/** How many foreign Events there are in the namespace. */
const EVENTS = [0, 5_000] as const;
const SIZE = { pods: 1_000, namespaces: 20, failing: 0.05, seed: 1 } as const;

/** Measures the diagnosis of a Deployment that crashes, beside few and many Events about others. */
export async function measureDiagnosis(progress: (line: string) => void): Promise<DiagnosisCost[]> {
  const stage = await openStage(progress);
  try {
    const loader = new Loader(stage.cluster, stage.etcd, progress);
    const now = new Date();
    const planned = plan({ ...SIZE, built: new Date(now.getTime() - 3_600_000), now });
    const crashing = [...truthOf(planned).values()].find(({ failure }) => failure === "crash-loop");
    if (crashing === undefined) throw new Error("The population has no workload that crashes.");
    const costs: DiagnosisCost[] = [];
    for (const foreignEvents of EVENTS) {
      progress(`Diagnosis beside ${foreignEvents} foreign Events`);
      await loader.fill(withEvents(planned, crashing.namespace, foreignEvents));
      const incident = stage.write("incident.json", incidentOf(crashing));
      const run = { script: "diagnosis", compressed: true, memory: FUNCTION_MEMORY } as const;
      const bytes = stage.wire.bytes;
      const { requests = 0, milliseconds, cpuSeconds } = await runOnce(run, stage, incident);
      costs.push({ foreignEvents, requests, bytes: stage.wire.bytes - bytes, milliseconds, cpuSeconds });
    }
    return costs;
  } finally {
    await stage.stop();
  }
}

function* withEvents(planned: Plan, namespace: string, count: number): Generator<Stored> {
  for (const stored of objectsOf(planned)) if (stored.resource !== "events") yield stored;
  for (let index = 0; index < count; index++) yield foreignEvent(planned, namespace, index);
}

/** What the scan says of the workload. */
function incidentOf({ kind, namespace, name, pods }: Injected): Incident {
  return {
    workload: { kind, namespace, name },
    failures: [{ reason: "CrashLoopBackOff", container: "app", exit_code: 1, restarts: 6, count: 1 }],
    failing_pods: 1,
    sample_pods: pods.slice(0, 1),
  };
}
