import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Deployment, Hpa, Pod } from "../../../functions/shared/kubernetes/types.ts";
import type { Ground } from "../ground.ts";
import { bystanders, deployment, hpa, statefulSet, template } from "../objects.ts";
import { STABLE_SECONDS } from "../situations.ts";

/** A workload that fails in one of some ways. */
export interface Failing {
  /** No name is the beginning of another one. */
  name: string;
  kind: "Deployment" | "StatefulSet";
  way: "no image" | "crashing rollout" | "stable crash" | "HPA at its maximum" | "stuck StatefulSet";
}

const WAYS: readonly Failing["way"][] = [
  "no image",
  "crashing rollout",
  "stable crash",
  "HPA at its maximum",
  "stuck StatefulSet",
];
const CRASH = { "simulation/failure": "crash-loop" };
const NO_IMAGE = { "simulation/failure": "image-pull" };

/** So many workloads, in every way in turn. */
export function planFailing(count: number): Failing[] {
  return Array.from({ length: count }, (_, index) => {
    const way = WAYS[index % WAYS.length] ?? "no image";
    return {
      name: `w${String(index).padStart(2, "0")}`,
      kind: way === "stuck StatefulSet" ? "StatefulSet" : "Deployment",
      way,
    };
  });
}

/** Brings all of them about at the same time, beside bystanders. */
export async function makeFail(ground: Ground, failing: readonly Failing[]): Promise<void> {
  await ground.create(...bystanders());
  for (const { name, kind, way } of failing) {
    const image = "shop/app:1";
    const limited = way === "HPA at its maximum";
    if (kind === "StatefulSet") await ground.create(statefulSet({ name, image }));
    else if (limited) {
      const annotations = { "simulation/total-cpu": "220m" };
      await ground.create(deployment({ name, replicas: 4, image, annotations }), hpa(name, 2, 4));
    } else await ground.create(deployment({ name, image, progressDeadline: 6 }));
  }
  for (const each of failing) await untilReady(ground, each, each.way === "HPA at its maximum" ? 4 : 2);
  await ground.rest(STABLE_SECONDS + 1);
  for (const each of failing) await begin(ground, each);
  for (const each of failing) await untilFailing(ground, each);
  await ground.rest(2);
}

export function pathOf(ground: Ground, { kind, name }: Failing): string {
  return kind === "Deployment" ? paths.deployment(ground.namespace, name) : paths.statefulSet(ground.namespace, name);
}

async function begin(ground: Ground, failing: Failing): Promise<void> {
  const { name, way } = failing;
  if (way === "HPA at its maximum") return;
  if (way === "stable crash") {
    await ground.annotatePods(name, "simulation/failure", "crash-loop");
    return;
  }
  const annotations = way === "no image" ? NO_IMAGE : CRASH;
  const value = template({ name, image: "shop/app:2", annotations });
  await ground.patch(pathOf(ground, failing), { op: "replace", path: "/spec/template", value });
}

async function untilReady(ground: Ground, failing: Failing, replicas: number): Promise<void> {
  await ground.until(`${failing.name} is ready`, async () => {
    const { status } = await ground.cluster.get<Deployment>(pathOf(ground, failing));
    return status?.readyReplicas === replicas;
  });
}

async function untilFailing(ground: Ground, failing: Failing): Promise<void> {
  const { name, way } = failing;
  if (way === "HPA at its maximum") {
    await ground.until(`the HPA ${name} is limited`, async () => {
      const { status } = await ground.cluster.get<Hpa>(paths.hpa(ground.namespace, name));
      return status?.conditions?.some(({ reason }) => reason === "TooManyReplicas") ?? false;
    });
    return;
  }
  await ground.untilWaiting(name, way === "no image" ? "ImagePullBackOff" : "CrashLoopBackOff");
  if (way === "stable crash" || way === "stuck StatefulSet") return;
  await ground.until(`the rollout of ${name} is past its progress deadline`, async () => {
    const { status } = await ground.cluster.get<Deployment>(pathOf(ground, failing));
    return status?.conditions?.some((each) => each.type === "Progressing" && each.status === "False") ?? false;
  });
}

/** A pod that fails, or else any. */
export async function somePod(ground: Ground, { name }: Failing): Promise<Pod | undefined> {
  const pods = await ground.pods(name);
  return pods.find(({ status }) => status?.containerStatuses?.some(({ ready }) => !ready)) ?? pods[0];
}
