import { paths } from "../../functions/shared/cluster/paths.ts";
import { isReady } from "../../functions/shared/kubernetes/pods.ts";
import type { PodTemplate, Workload } from "../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../functions/shared/policy.ts";
import type { Ground, Manifest } from "./ground.ts";
import { template } from "./objects.ts";
import type { Situation } from "./situations.ts";
import { kindOf, type Target } from "./target.ts";

/** What somebody does while the workflow is at work on the same workload. */
export interface Deed {
  name: string;
  /** What they do, in words. */
  summary: string;
  /** The situations in which it can be done; all of them when absent. */
  where?: (situation: Situation) => boolean;
  /** Does it. What it answers tells later, in a sentence, how it did not last; undefined when it did. */
  act: (
    ground: Ground,
    target: Target,
    situation: Situation,
  ) => Promise<((ground: Ground) => Promise<string | undefined>) | undefined>;
  /** Whether it takes the place of what the remedy changes, so that the remedy is not what the workload runs by. */
  replaces?: (situation: Situation) => boolean;
  /** Whether the workflow has to keep its hands off from now on. */
  forbids?: boolean;
  /** Changes that another remedy may make of what they leave, and how often each. */
  mayLeadTo?: Readonly<Record<string, number>>;
}

const isScaled = ({ name }: Situation) => name === "hpa-at-maximum";
const isDeployment = (situation: Situation) => kindOf(situation) === "Deployment";
const isRolledBack = ({ mayChange }: Situation) => Object.values(mayChange).flat().includes("spec.template");

/** An image that runs well, and that nobody rolled out before. */
const FIXED = 3;

/** All that people do, by name. */
export const DEEDS: readonly Deed[] = [
  {
    name: "edits-template",
    summary: "adds an environment variable to the pod template, which goes on failing",
    replaces: isRolledBack,
    act: async (ground, { path }) => {
      const env = [{ name: "COLOUR", value: "blue" }];
      await ground.patch(path, { op: "add", path: "/spec/template/spec/containers/0/env", value: env });
      return undefined;
    },
  },
  {
    name: "rolls-out-fix",
    summary: "rolls out a new version that works",
    replaces: isRolledBack,
    act: async (ground, { name, path }) => {
      const value = template({ name, image: `shop/${name}:${FIXED}` });
      await ground.patch(path, { op: "replace", path: "/spec/template", value });
      return undefined;
    },
  },
  {
    name: "rolls-out-failure",
    summary: "rolls out a new version that crashes",
    replaces: isRolledBack,
    act: async (ground, { name, path }) => {
      const annotations = { "simulation/failure": "crash-loop" };
      const value = template({ name, image: `shop/${name}:4`, annotations });
      await ground.patch(path, { op: "replace", path: "/spec/template", value });
      return undefined;
    },
  },
  {
    name: "rolls-back",
    summary: "puts the template of the first revision back, as kubectl rollout undo does",
    where: isRolledBack,
    // A StatefulSet stays stuck on the pod of the template that they replaced.
    mayLeadTo: { "POST pods/eviction": 1 },
    act: async (ground, { name, path }) => {
      const value = template({ name, image: `shop/${name}:1` });
      await ground.patch(path, { op: "replace", path: "/spec/template", value });
      return undefined;
    },
  },
  {
    name: "scales",
    summary: "sets the replicas to three",
    where: (situation) => !isScaled(situation),
    act: async (ground, { path }) => {
      await ground.patch(path, { op: "replace", path: "/spec/replicas", value: 3 });
      return undefined;
    },
  },
  {
    name: "pauses",
    summary: "pauses the rollout",
    where: isDeployment,
    act: async (ground, { path }) => {
      await ground.patch(path, { op: "add", path: "/spec/paused", value: true });
      return undefined;
    },
  },
  {
    name: "deletes",
    summary: "deletes the workload",
    act: async (ground, { path }) => {
      await ground.delete(path);
      return undefined;
    },
  },
  {
    name: "recreates",
    summary: "deletes the workload, and creates it again under its name and with its spec",
    act: async (ground, { kind, name, path }) => {
      const { spec } = await ground.cluster.get<Workload & { spec: { template: PodTemplate } }>(path);
      await ground.delete(path);
      const apiVersion = "apps/v1";
      await ground.create({ apiVersion, kind, metadata: { name }, spec } as Manifest);
      return undefined;
    },
  },
  {
    name: "moves-bounds",
    summary: "sets the HPA's bounds to 3 and 10",
    where: isScaled,
    replaces: isScaled,
    act: async (ground, { name }) => {
      const path = paths.hpa(ground.namespace, name);
      await ground.patch(
        path,
        { op: "add", path: "/spec/minReplicas", value: 3 },
        { op: "add", path: "/spec/maxReplicas", value: 10 },
      );
      return undefined;
    },
  },
  {
    name: "deletes-hpa",
    summary: "deletes the HPA",
    where: isScaled,
    replaces: isScaled,
    act: async (ground, { name }) => {
      await ground.delete(paths.hpa(ground.namespace, name));
      return undefined;
    },
  },
  {
    name: "opts-out",
    summary: "puts the opt-out annotation on the workload",
    forbids: true,
    act: async (ground, { path }) => {
      const { metadata } = await ground.cluster.get<Workload>(path);
      const value = { ...metadata?.annotations, "eks-remediation/enabled": "false" };
      await ground.patch(path, { op: "add", path: "/metadata/annotations", value });
      return undefined;
    },
  },
  {
    name: "deletes-claim",
    summary: "deletes the Lease that is the claim",
    act: async (ground) => {
      const claims = await ground.claims();
      for (const { metadata } of claims) await ground.delete(paths.lease(CLAIM_NAMESPACE, metadata?.name ?? ""));
      return undefined;
    },
  },
  {
    name: "deletes-pod",
    summary: "deletes a pod that is to be replaced, where there is one",
    act: async (ground, { name }, { request }) => {
      const pods = await ground.pods(name);
      const meant = pods.find((pod) =>
        request === undefined ? !isReady(pod) : pod.metadata?.name === request["pod_name"],
      );
      if (meant !== undefined) await ground.delete(paths.pod(ground.namespace, meant.metadata?.name ?? ""));
      return undefined;
    },
  },
  {
    name: "deletes-namespace",
    summary: "deletes the namespace",
    act: async (ground) => {
      await ground.delete(paths.namespace(ground.namespace));
      return async (later) => {
        try {
          const { metadata } = await later.cluster.get<{ metadata: { deletionTimestamp?: string } }>(
            paths.namespace(later.namespace),
          );
          return metadata.deletionTimestamp === undefined ? "the namespace is not being deleted" : undefined;
        } catch {
          return undefined;
        }
      };
    },
  },
];
