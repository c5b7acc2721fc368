import { expect, it } from "vitest";
import { scan } from "../../../functions/scan/scan.ts";
import type { Manifest, Resource } from "../../../tools/bench/population/objects.ts";
import { plan } from "../../../tools/bench/population/plan.ts";
import { objectsOf } from "../../../tools/bench/population/population.ts";
import { keyOf, scoreOf, truthOf } from "../../../tools/bench/population/truth.ts";
import { OPTIONS } from "../../../tools/bench/ways/scan-options.ts";
import { ApiServer } from "../../support/api-server.ts";
import { NOW } from "../../support/objects.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";

const MINUTE = 60_000;

it.each([0, 20])(
  "the detection tells what fails in the population of the bench and nothing else, %i minutes after it was made",
  async (minutes) => {
    const built = new Date(NOW.getTime() - 120 * MINUTE);
    const planned = plan({ pods: 1_500, namespaces: 20, failing: 0.05, seed: 1, built, now: NOW });
    const stored = Map.groupBy(objectsOf(planned), ({ resource }) => resource);
    const of = (resource: Resource): Manifest[] => (stored.get(resource) ?? []).map(({ object }) => object);
    const api = await ApiServer.start();
    try {
      serve(api, {
        namespaces: planned.namespaces,
        nodes: of("nodes"),
        pods: of("pods"),
        deployments: of("deployments"),
        replicaSets: of("replicasets"),
        statefulSets: of("statefulsets"),
        daemonSets: of("daemonsets"),
        jobs: of("jobs"),
        cronJobs: of("cronjobs"),
        hpas: of("horizontalpodautoscalers"),
        services: of("services"),
        slices: of("endpointslices"),
      } as unknown as Objects);
      const policy = { ...OPTIONS.policy, max_incidents: 500 };
      const now = new Date(NOW.getTime() + minutes * MINUTE);
      const { incidents, in_rollout, omitted } = await scan(api.cluster(), { ...OPTIONS, policy, now });
      const told = [...incidents.map(({ workload }) => workload), ...in_rollout].map(keyOf);

      expect(omitted).toBe(0);
      expect(scoreOf(truthOf(planned), told)).toEqual({ injected: 75, found: 75, missed: {}, healthyTold: [] });
    } finally {
      await api.stop();
    }
  },
);
