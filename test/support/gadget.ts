import { kubectlScale } from "../../functions/kinds/commands.ts";
import type { Kind } from "../../functions/kinds/kind.ts";
import { KINDS } from "../../functions/kinds/kinds.ts";
import { replicaSetHistory } from "../../functions/kinds/revisions/replica-sets.ts";
import { replaceTemplate } from "../../functions/kinds/template-patch.ts";
import type { PodTemplate, ReplicaSet, Workload } from "../../functions/shared/kubernetes/types.ts";
import { ago, replicaSet, template } from "./objects.ts";

/** A workload of a kind that the product does not know: nothing but its template is where a Deployment has it. */
export interface Gadget extends Workload {
  spec: { size: number; frozen?: boolean; selector: object; template: PodTemplate };
  status: { seen: string; up: number; phase: "Fine" | "Rolling" | "Stuck"; completed?: string };
}

const API = { apiVersion: "toys.example.org/v1", plural: "gadgets" };

export const GADGET: Kind<Gadget, ReplicaSet> = {
  kind: "Gadget",
  ...API,
  optional: true,
  suspects: { columns: ["Name", "Up", "Size"], isSuspect: (_name, up, size) => up !== size },
  counts: true,
  failures: ({ status }) => (status.phase === "Stuck" ? [{ reason: "GadgetStuck" }] : []),
  hasSeenSpec: ({ metadata, status }) => status.seen === `generation ${metadata?.generation ?? 0}`,
  wanted: ({ spec }) => spec.size,
  ready: ({ status }) => status.up,
  gaps: ({ spec, status }) => (status.up === spec.size ? [] : [`${status.up} of ${spec.size} gadgets are up`]),
  seconds: () => 77,
  rollsOutByItself: () => true,
  isPaused: ({ spec }) => spec.frozen === true,
  deadline: {
    isRollingOut: ({ status }) => status.phase === "Rolling",
    ahead: ({ status }) => (status.phase === "Rolling" ? 300 : undefined),
  },
  isUpdating: () => false,
  completedAt: ({ status }) => (status.completed === undefined ? undefined : new Date(status.completed)),
  history: replicaSetHistory({ revision: "toys.example.org/revision", hashLabel: "gadget-hash" }),
  templatePatch: (gadget, to) => [...replaceTemplate(gadget, to), { op: "add", path: "/spec/undone", value: true }],
  hasScale: true,
  commands: {
    resource: "gadget",
    rollBack: (namespace, name, revision) => [
      "kubectl",
      "gadget",
      "undo",
      name,
      `--to-revision=${revision}`,
      "-n",
      namespace,
    ],
    scale: kubectlScale("gadget"),
  },
};

/** Makes it one of the kinds that the product knows. @returns how to make it none again */
export function know(kind: Kind<Gadget, ReplicaSet>): () => void {
  const kinds = KINDS as Kind[];
  kinds.push(kind);
  return () => kinds.splice(kinds.indexOf(kind), 1);
}

/** A Gadget `shop/web` of two at the second template, of which one is up. */
export function gadget(status: Partial<Gadget["status"]> = {}, spec: Partial<Gadget["spec"]> = {}): Gadget {
  return {
    metadata: { name: "web", namespace: "shop", uid: "gadget-uid", generation: 2, resourceVersion: "7" },
    spec: { size: 2, selector: { matchLabels: { app: "web" } }, template: template("shop/web:2"), ...spec },
    status: { seen: "generation 2", up: 1, phase: "Stuck", completed: ago(100), ...status },
  };
}

/** The ReplicaSet of one revision of that Gadget. */
export function gadgetSet(revision: number, available: number): ReplicaSet {
  const { metadata, spec, ...rest } = replicaSet(revision, { available, replicas: 1, created: ago(90_000 / revision) });
  const own = template(`shop/web:${revision}`);
  own.metadata = { ...own.metadata, labels: { app: "web", "gadget-hash": `${revision}` } };
  const owner = { apiVersion: API.apiVersion, kind: "Gadget", name: "web", uid: "gadget-uid", controller: true };
  return {
    ...rest,
    metadata: {
      ...metadata,
      annotations: { "toys.example.org/revision": `${revision}` },
      ownerReferences: [owner],
    },
    spec: { selector: {}, ...spec, replicas: 1, template: own },
  };
}
