import type { Cluster } from "../../../functions/shared/cluster/cluster.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import { isRemediationError } from "../../../functions/shared/errors.ts";
import type { Pod, Workload } from "../../../functions/shared/kubernetes/types.ts";
import { deployment, hpa, template } from "../objects.ts";
import type { DayPlan, Happening } from "./plan.ts";

const NO_IMAGE = { "simulation/failure": "image-pull" };
const CRASH = { "simulation/failure": "crash-loop" };
/** What an HPA's target is asked to do: four replicas of 50m have enough of the first, and never of the second. */
const LOAD = { low: { "simulation/total-cpu": "60m" }, high: { "simulation/total-cpu": "900m" } };
/** How many workloads a storm hits. */
const STORM = 16;

/** Does to a cluster what the plan of a day says. */
export class StageHand {
  readonly #cluster: Cluster;
  readonly #plan: DayPlan;
  #images = 0;

  constructor(cluster: Cluster, plan: DayPlan) {
    this.#cluster = cluster;
    this.#plan = plan;
  }

  /** Everything that stands from the beginning. */
  async setUp(): Promise<void> {
    const { workloads, scaled, broken } = this.#plan;
    for (const namespace of new Set(workloads.map((name) => name.split("/")[0] ?? "")))
      await this.#namespace(namespace);
    for (const workload of workloads) {
      await this.#create(workload);
      if (scaled.includes(workload)) {
        const [namespace = "", name = ""] = workload.split("/");
        await this.#cluster.create(paths.hpas(namespace), hpa(name, 2, 4));
      }
    }
    await this.#create(broken, NO_IMAGE);
  }

  /** @returns what fails from now on, as `namespace/name` */
  async carryOut(happening: Happening): Promise<string[]> {
    switch (happening.kind) {
      case "bad image":
        await this.#roll(happening.workload, NO_IMAGE);
        return [happening.workload];
      case "crashing rollout":
        await this.#roll(happening.workload, CRASH);
        return [happening.workload];
      case "crash":
        await this.#crash(happening.workload);
        return [happening.workload];
      case "load rises":
        await this.#roll(happening.workload, LOAD.high);
        return [happening.workload];
      case "load falls":
        await this.#roll(happening.workload, LOAD.low);
        return [];
      case "fixed":
        await this.#roll(happening.workload, {});
        return [];
      case "deleted":
        await this.#remove(pathOf(happening.workload));
        return [];
      case "created":
        await this.#create(happening.workload);
        return [];
      case "preview":
        await this.#namespace(happening.namespace);
        await this.#create(`${happening.namespace}/web`, NO_IMAGE);
        return [`${happening.namespace}/web`];
      case "preview over":
        await this.#remove(paths.namespace(happening.namespace));
        return [];
      case "bare pod":
        await this.#cluster.create(paths.pods("shop"), barePod(happening.pod));
        return [`shop/${happening.pod}`];
      case "bare pod over":
        await this.#remove(paths.pod("shop", happening.pod));
        return [];
      case "storm":
        for (const workload of this.#stormy()) await this.#roll(workload, NO_IMAGE);
        return [];
      case "storm over":
        for (const workload of this.#stormy()) await this.#roll(workload, {});
        return [];
    }
  }

  #stormy(): string[] {
    return this.#plan.workloads.filter((workload) => !this.#plan.scaled.includes(workload)).slice(0, STORM);
  }

  async #namespace(name: string): Promise<void> {
    await this.#cluster.create(paths.namespaces(), { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }

  async #create(workload: string, annotations: Record<string, string> = {}): Promise<void> {
    const [namespace = "", name = ""] = workload.split("/");
    const own = this.#plan.scaled.includes(workload) ? LOAD.low : annotations;
    const shape = { name, image: this.#image(name), annotations: own, progressDeadline: 120 };
    await this.#cluster.create(paths.deployments(namespace), deployment(shape));
  }

  /** A new revision; each has an image of its own, so that none is one that was there before. */
  async #roll(workload: string, annotations: Record<string, string>): Promise<void> {
    const [, name = ""] = workload.split("/");
    const value = template({ name, image: this.#image(name), annotations });
    await this.#unlessGone(() =>
      this.#cluster.patch<Workload>(pathOf(workload), [{ op: "replace", path: "/spec/template", value }]),
    );
  }

  async #crash(workload: string): Promise<void> {
    const [namespace = "", name = ""] = workload.split("/");
    const pods = await this.#cluster.list<Pod>(paths.pods(namespace), { labelSelector: `app=${name}` });
    for (const { metadata } of pods) {
      await this.#unlessGone(() =>
        this.#cluster.patch(paths.pod(namespace, metadata?.name ?? ""), [
          { op: "add", path: "/metadata/annotations", value: { ...metadata?.annotations, ...CRASH } },
        ]),
      );
    }
  }

  async #remove(path: string): Promise<void> {
    await this.#unlessGone(async () => {
      const { metadata } = await this.#cluster.get<Workload>(path);
      await this.#cluster.delete(path, { uid: metadata?.uid ?? "" });
    });
  }

  async #unlessGone(change: () => Promise<unknown>): Promise<void> {
    try {
      await change();
    } catch (error) {
      if (!isRemediationError(error, "NotFound")) throw error;
    }
  }

  #image(name: string): string {
    return `shop/${name}:${++this.#images}`;
  }
}

function pathOf(workload: string): string {
  const [namespace = "", name = ""] = workload.split("/");
  return paths.deployment(namespace, name);
}

function barePod(name: string) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, annotations: CRASH },
    spec: { containers: [{ name: "app", image: "shop/job:1" }] },
  };
}
