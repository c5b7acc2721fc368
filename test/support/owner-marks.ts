import fc from "./properties.ts";
import { OWNER_TOOLS } from "../../functions/facts/owner-tools.ts";
import type { ObjectMeta } from "../../functions/shared/kubernetes/types.ts";
import { ago } from "./objects.ts";
import { written } from "./worlds.ts";

/** What tells that somebody would write an object again, or some of its fields. */
export interface OwnerMark {
  what: string;
  metadata: ObjectMeta;
  /** The field below `spec` that it is about; absent where it is about all of them. */
  field?: string;
  /** A tool, whose own state may be brought back. */
  tool?: true;
}

const CONTROLLED = { apiVersion: "shop.example.com/v1", kind: "Storefront", name: "front", uid: "front-uid" };

/** The names under which tools write, as their releases do. */
const TOOL_MANAGERS = [
  ...["keda", "keda-operator", "argocd-controller", "argocd-application-controller", "kustomize-controller"],
  ...["helm-controller", "configsync", "fleetagent", "olm", "catalog", "eks", "crossplane", "kubevela"],
  ...["kapp", "Terraform", "HashiCorp", "pulumi-kubernetes", "helm", "terraform-provider-helm_v2"],
];

/** Programs that their names tell to be controllers. */
const CONTROLLERS = ["shop-operator", "payments-controller-manager", "manager"];

/** Marks of every owner that is known, each alone. */
export const OWNER_MARKS: readonly OwnerMark[] = [
  ...OWNER_TOOLS.flatMap(({ name, labels = [], annotations = [] }) => [
    ...labels.map((key) => ({
      what: `${name} by its label ${key}`,
      metadata: { labels: { [key]: "shop" } },
      tool: true as const,
    })),
    ...annotations.map((key) => ({
      what: `${name} by ${key}`,
      metadata: { annotations: { [key]: "shop" } },
      tool: true as const,
    })),
  ]),
  ...TOOL_MANAGERS.map((manager) => ({
    what: `${manager} as a writer`,
    metadata: { managedFields: [written(manager, ["template"], 90_000)] },
    tool: true as const,
  })),
  { what: "a controller", metadata: { ownerReferences: [{ ...CONTROLLED, controller: true }] } },
  { what: "a custom resource", metadata: { ownerReferences: [CONTROLLED] } },
  {
    what: "a built-in controller",
    metadata: { ownerReferences: [{ ...CONTROLLED, apiVersion: "apps/v1", kind: "Deployment", controller: true }] },
  },
  { what: "an operator by the usual label", metadata: { labels: { "app.kubernetes.io/managed-by": "shop-operator" } } },
  ...CONTROLLERS.flatMap((manager) =>
    ["template", "replicas", "maxReplicas"].map((field) => ({
      what: `${manager} as the writer of ${field}`,
      metadata: { managedFields: [written(manager, [field], 90_000)] },
      field,
    })),
  ),
];

export const arbitraryOwnerMark: fc.Arbitrary<OwnerMark> = fc.constantFrom(...OWNER_MARKS);

/** The metadata with the mark beside what is there. */
export function marked(metadata: ObjectMeta | undefined, { metadata: mark }: OwnerMark): ObjectMeta {
  const managedFields = [...(metadata?.managedFields ?? []), ...(mark.managedFields ?? [])];
  return {
    ...metadata,
    labels: { ...metadata?.labels, ...mark.labels },
    annotations: { ...metadata?.annotations, ...mark.annotations },
    ...(mark.ownerReferences === undefined ? {} : { ownerReferences: mark.ownerReferences }),
    managedFields,
  };
}

/** What stands on objects that nobody would write again: the marks of kubectl, of charts, of garbage collection. */
export const UNOWNED: ObjectMeta = {
  labels: { "app.kubernetes.io/instance": "shop", "app.kubernetes.io/managed-by": "Helm" },
  annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"meta.helm.sh/release-name":"shop"}' },
  ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "shop", uid: "cm-uid" }],
  managedFields: [{ ...written("kubectl-edit", ["template"], 90_000), time: ago(90_000) }],
};
