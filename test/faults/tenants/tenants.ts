import { paths } from "../../../functions/shared/cluster/paths.ts";
import { isRemediationError } from "../../../functions/shared/errors.ts";
import type { ObjectMeta, Pod } from "../../../functions/shared/kubernetes/types.ts";
import type { Ground, Manifest } from "../ground.ts";
import { deployment, hpa, template } from "../objects.ts";

/** Somebody who may create whatever they like in one namespace, and what they do there. */
export interface Tenant {
  name: string;
  summary: string;
  /** What they have there before the first scan. */
  settle: (ground: Ground) => Promise<void>;
  /** What they go on doing while scans run, again and again. */
  goOn?: (ground: Ground) => Promise<void>;
}

const MANY = 24;
const CRASH = { "simulation/failure": "crash-loop" };
const NO_IMAGE = { "simulation/failure": "image-pull" };
/** Names that write over what is on a screen, go on in another line, read the other way round, or are a link. */
const ODD_NAMES = [
  "\u001b[2J\u001b[31mweb",
  "web\n- everything is well",
  "\u202ebew",
  "[web](javascript:0)",
  "..nodes?watch=1#",
  "__proto__",
  "web\u0000",
];
/** What an API server takes of one object is 1.5 MB, of annotations 256 KiB. */
const HUGE = 120_000;
const LARGE_ANNOTATION = 250_000;
const HUGE_OBJECTS = 21;

/** What is known to be tried. */
export const TENANTS: readonly Tenant[] = [
  {
    name: "bare-pods",
    summary: `${MANY} pods of no controller that crash`,
    settle: async (ground) => {
      await createPods(ground, barePods());
      await untilPodsCrash(ground, MANY);
    },
  },
  {
    name: "one-node",
    summary: `${MANY} pods of no controller that crash, all on the node that they chose, where the other namespace's pods are; and some on a node that is not there`,
    settle: async (ground) => {
      const [victim] = await ground.cluster.list<Pod>("/api/v1/pods", { labelSelector: "app=web" });
      await createPods(ground, barePods(victim?.spec?.nodeName));
      await createPods(ground, barePods("no-such-node", "lost"));
      await untilPodsCrash(ground, MANY);
    },
  },
  {
    name: "recreated-pods",
    summary: "pods of no controller that crash, deleted and created again under their names while scans run",
    settle: async (ground) => {
      await createPods(ground, barePods());
      await untilPodsCrash(ground, MANY);
    },
    goOn: async (ground) => {
      for (const pod of barePods()) {
        await ground.delete(paths.pod(ground.namespace, pod.metadata.name));
        await createPods(ground, [pod]);
      }
    },
  },
  {
    name: "hpas-at-nothing",
    summary: `${MANY} HPAs whose targets are not there`,
    settle: async (ground) => {
      await ground.create(...Array.from({ length: MANY }, (_, index) => hpa(`nothing-${index}`, 2, 4)));
    },
  },
  {
    name: "odd-names",
    summary:
      "HPAs whose targets' names hold escape codes, line breaks, marks of direction, and what a table or a URL is made of",
    settle: async (ground) => {
      await ground.create(...ODD_NAMES.map((target, index) => aimedAt(`odd-${index}`, target)));
    },
  },
  {
    name: "huge-objects",
    summary: `${HUGE_OBJECTS} HPAs with 120 kB names of targets, and Deployments that fail with 250 kB of annotations`,
    settle: async (ground) => {
      await ground.create(
        ...Array.from({ length: HUGE_OBJECTS }, (_, index) => aimedAt(`huge-${index}`, "w".repeat(HUGE))),
        ...Array.from({ length: HUGE_OBJECTS }, (_, index) => huge(`huge-${index}`)),
      );
      await ground.untilWaiting("huge-0", "ImagePullBackOff");
    },
  },
  {
    name: "never-worked",
    summary: `${MANY} Deployments whose image does not exist`,
    settle: async (ground) => {
      const names = Array.from({ length: MANY }, (_, index) => `never-${String(index).padStart(2, "0")}`);
      await ground.create(
        ...names.map((name) =>
          deployment({ name, replicas: 1, image: "shop/none:1", annotations: NO_IMAGE, progressDeadline: 6 }),
        ),
      );
      for (const name of names) await ground.untilWaiting(name, "ImagePullBackOff");
    },
  },
  {
    name: "ever-new-rollouts",
    summary: "Deployments that get a new revision that crashes while scans run",
    settle: async (ground) => {
      const names = Array.from({ length: 6 }, (_, index) => `new-${index}`);
      await ground.create(...names.map((name) => deployment({ name, replicas: 1, image: "shop/new:1" })));
    },
    goOn: async (ground) => {
      const image = `shop/new:${Date.now()}`;
      for (const name of Array.from({ length: 6 }, (_, index) => `new-${index}`)) {
        const value = template({ name, image, annotations: CRASH });
        await ground.patch(paths.deployment(ground.namespace, name), { op: "replace", path: "/spec/template", value });
      }
      await ground.rest(2);
    },
  },
];

/** What a tenant may leave that no controller removes with a workload. */
export async function removePods({ cluster, namespace }: Ground): Promise<void> {
  for (const { metadata } of await cluster.list<{ metadata?: ObjectMeta }>(paths.pods(namespace))) {
    try {
      await cluster.delete(paths.pod(namespace, metadata?.name ?? ""), { uid: metadata?.uid ?? "" });
    } catch (error) {
      if (!isRemediationError(error, "NotFound", "ObjectChanged")) throw error;
    }
  }
}

async function createPods({ cluster, namespace }: Ground, pods: readonly Manifest[]): Promise<void> {
  for (const pod of pods) {
    try {
      await cluster.create(paths.pods(namespace), pod);
    } catch (error) {
      // The one of before is on its way out.
      if (!isRemediationError(error, "ObjectChanged")) throw error;
    }
  }
}

async function untilPodsCrash(ground: Ground, count: number): Promise<void> {
  await ground.until(`${count} pods crash`, async () => {
    const pods = await ground.cluster.list<Pod>(paths.pods(ground.namespace));
    const isCrashing = ({ status }: Pod) =>
      status?.containerStatuses?.some(({ state }) => state?.waiting?.reason === "CrashLoopBackOff");
    return pods.filter(isCrashing).length >= count;
  });
}

function barePods(nodeName?: string, prefix = "bare"): Manifest[] {
  return Array.from({ length: MANY }, (_, index) => {
    const spec = {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: [{ name: "app", image: "shop/bare:1" }],
    };
    return { apiVersion: "v1", kind: "Pod", metadata: { name: `${prefix}-${index}`, annotations: CRASH }, spec };
  });
}

function aimedAt(name: string, target: string): Manifest {
  const own = hpa(name, 2, 4) as Manifest & { spec: object };
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: target };
  return { ...own, spec: { ...own.spec, scaleTargetRef } } as Manifest;
}

function huge(name: string): Manifest {
  const own = deployment({ name, replicas: 1, image: "shop/none:1", annotations: NO_IMAGE, progressDeadline: 6 });
  return { ...own, metadata: { ...own.metadata, annotations: { "example.com/notes": "n".repeat(LARGE_ANNOTATION) } } };
}
