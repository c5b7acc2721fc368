import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import { KEDA_GROUP } from "./scaled-object.ts";
import { inBackticks, nameOf } from "./owner-words.ts";

/** What is wanted of the owner: to go back to an earlier pod template, or to change something else. */
export type Wanted = "going back" | "a change";

/** What is known of an object when it is said what to do about its owner. */
export interface Owned {
  namespace: string;
  metadata: ObjectMeta;
  wanted: Wanted;
}

/** A tool that keeps the desired state of objects elsewhere. */
export interface OwnerTool {
  name: string;
  /** Labels and annotations that it alone leaves. */
  labels?: readonly string[];
  annotations?: readonly string[];
  /** The names under which it writes fields. */
  managers?: RegExp;
  /** The API group of the kinds by which people tell it what to do, where it leaves marks on those, too. */
  toldBy?: string;
  /** Marks that tell it only by their values. */
  marks?: (metadata: ObjectMeta) => boolean;
  /** What becomes of a change that is made here, after the tool's name and `which`. */
  consequence: string;
  /** What to do there instead, in sentences. */
  advice(owned: Owned): string;
}

const NEXT_RUN = "would put its own state back when it is run next";
const BY_ITSELF = "would put its own state back by itself";

/**
 * The tools, in the order in which they are asked for: what made the object itself, then what drives another one, comes first.
 * Sources: the tools' own documentation of what they leave on the objects that they make.
 */
export const OWNER_TOOLS: readonly OwnerTool[] = [
  {
    name: "KEDA",
    toldBy: KEDA_GROUP,
    labels: ["scaledobject.keda.sh/name"],
    managers: /^keda(-operator)?$/,
    marks: ({ ownerReferences }) => scaledObjectAmong(ownerReferences) !== undefined,
    consequence: BY_ITSELF,
    advice({ namespace, metadata: { labels = {}, ownerReferences }, wanted }) {
      const name = nameOf(scaledObjectAmong(ownerReferences)?.name ?? labels["scaledobject.keda.sh/name"]);
      const what = wanted === "a change" ? "Set maxReplicaCount and minReplicaCount" : "Change it";
      if (name === undefined) return `${what} in the ScaledObject.`;
      return `${what} in its ScaledObject: ${inBackticks("kubectl", "-n", namespace, "edit", "scaledobject", name)}.`;
    },
  },
  {
    name: "Argo CD",
    labels: ["argocd.argoproj.io/instance"],
    annotations: ["argocd.argoproj.io/tracking-id"],
    managers: /^argocd-(controller|application-controller|server)$/,
    consequence: "puts a change that is made here back where self-heal is on, and else shows it as out of sync",
    advice({ metadata, wanted }) {
      const app = nameOf(
        metadata.annotations?.["argocd.argoproj.io/tracking-id"]?.split(":")[0]?.split("_").at(-1) ??
          metadata.labels?.["argocd.argoproj.io/instance"] ??
          metadata.labels?.["app.kubernetes.io/instance"],
      );
      if (wanted === "a change") return "Change it in the application's Git repository, and sync.";
      const command = inBackticks("argocd app rollback", app);
      return `Revert the change in the application's Git repository, or run ${command}, which automated sync has to be off for.`;
    },
  },
  {
    name: "Flux",
    labels: ["helm.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/name"],
    managers: /^(kustomize|helm)-controller$/,
    consequence: "would put its own state back when it reconciles next, unless that is suspended",
    advice({ metadata: { labels = {} }, wanted }) {
      const kind = "helm.toolkit.fluxcd.io/name" in labels ? "helm" : "kustomize";
      const name = nameOf(labels[`${kind}.toolkit.fluxcd.io/name`]);
      const namespace = nameOf(labels[`${kind}.toolkit.fluxcd.io/namespace`]);
      const what = kind === "helm" ? "helmrelease" : "kustomization";
      const place = namespace === undefined || name === undefined ? [] : ["-n", namespace];
      const command = inBackticks(`flux reconcile ${what}`, name, ...place, "--with-source");
      return `${wanted === "a change" ? "Change it" : "Revert the change"} in the Git repository, then ${command}.`;
    },
  },
  {
    name: "Flagger",
    managers: /^flagger$/,
    consequence: "takes each change of the pod template for a release of its own, and begins to analyse it",
    advice: ({ wanted }) =>
      `${wanted === "a change" ? "Change it" : "Revert the change"} where it is released from. Flagger goes back by itself when its analysis fails: look at its Canary.`,
  },
  {
    name: "Config Sync",
    annotations: ["configsync.gke.io/resource-id", "configsync.gke.io/manager"],
    managers: /^configsync/,
    marks: ({ labels, annotations }) =>
      annotations?.["configmanagement.gke.io/managed"] === "enabled" ||
      labels?.["app.kubernetes.io/managed-by"] === "configmanagement.gke.io",
    consequence: BY_ITSELF,
    advice: ({ wanted }) => `${wanted === "a change" ? "Change it" : "Revert the change"} in its source of truth.`,
  },
  {
    name: "Rancher Fleet",
    labels: ["fleet.cattle.io/bundle-id", "fleet.cattle.io/bundle-name"],
    annotations: ["fleet.cattle.io/bundle-id"],
    managers: /^fleet(agent|controller)?$/,
    marks: ({ labels, annotations }) =>
      "objectset.rio.cattle.io/hash" in (labels ?? {}) &&
      /fleet/.test(annotations?.["objectset.rio.cattle.io/id"] ?? ""),
    consequence: "puts a change that is made here back where drift correction is on, and else shows it as modified",
    advice: ({ wanted }) =>
      `${wanted === "a change" ? "Change it" : "Revert the change"} in the bundle's Git repository.`,
  },
  {
    name: "Rancher",
    labels: ["objectset.rio.cattle.io/hash"],
    annotations: ["objectset.rio.cattle.io/id", "objectset.rio.cattle.io/applied"],
    consequence: BY_ITSELF,
    advice({ metadata: { annotations = {} } }) {
      const kind = nameOf(annotations["objectset.rio.cattle.io/owner-gvk"]?.split("Kind=")[1]);
      const name = nameOf(annotations["objectset.rio.cattle.io/owner-name"]);
      return kind === undefined || name === undefined
        ? "Change it in what it is made from."
        : `Change it in ${kind} ${name}, from which it is made.`;
    },
  },
  {
    name: "Operator Lifecycle Manager",
    labels: ["olm.owner", "olm.managed"],
    managers: /^(olm|catalog)$/,
    consequence: BY_ITSELF,
    advice({ metadata: { labels = {} } }) {
      const name = nameOf(labels["olm.owner"]);
      const kind = nameOf(labels["olm.owner.kind"]) ?? "ClusterServiceVersion";
      return `Change it in ${name === undefined ? "the operator's Subscription" : `${kind} ${name}, or the operator's Subscription`}.`;
    },
  },
  {
    name: "Amazon EKS",
    labels: ["eks.amazonaws.com/component"],
    managers: /^eks$/,
    consequence: "would put its own state back when the add-on is updated next",
    advice: ({ metadata: { labels = {} } }) =>
      `Update the add-on${named(nameOf(labels["eks.amazonaws.com/component"]))} of the cluster, with other configuration values or to another version (\`aws eks update-addon\`).`,
  },
  {
    name: "the cluster's add-on manager",
    marks: ({ labels }) => labels?.["addonmanager.kubernetes.io/mode"] === "Reconcile",
    consequence: BY_ITSELF,
    advice: () => "Change the add-on in the cluster's configuration.",
  },
  {
    name: "Crossplane",
    labels: ["crossplane.io/composite", "crossplane.io/claim-name"],
    managers: /^(crossplane|provider-(kubernetes|helm))/,
    consequence: BY_ITSELF,
    advice({ metadata: { labels = {} } }) {
      const composite = nameOf(labels["crossplane.io/composite"]);
      return `Change it in the composite resource${named(composite)}.`;
    },
  },
  {
    name: "KubeVela",
    labels: ["app.oam.dev/name"],
    managers: /^kubevela/,
    consequence: BY_ITSELF,
    advice: ({ metadata: { labels = {} } }) => `Change it in Application${named(nameOf(labels["app.oam.dev/name"]))}.`,
  },
  {
    name: "kapp",
    labels: ["kapp.k14s.io/app", "kapp.k14s.io/association"],
    managers: /^kapp/,
    consequence: NEXT_RUN,
    advice: ({ wanted }) =>
      `${wanted === "a change" ? "Change it" : "Revert the change"} in its configuration, and run \`kapp deploy\`.`,
  },
  {
    name: "Terraform",
    managers: /^(terraform(?!-provider-helm)|hashicorp|opentofu)/i,
    consequence: NEXT_RUN,
    advice: ({ wanted }) =>
      `${wanted === "a change" ? "Change it" : "Revert the change"} in the configuration, and run \`terraform apply\`.`,
  },
  {
    name: "Pulumi",
    annotations: ["pulumi.com/autonamed"],
    managers: /^pulumi/,
    marks: ({ labels }) => labels?.["app.kubernetes.io/managed-by"] === "pulumi",
    consequence: NEXT_RUN,
    advice: ({ wanted }) =>
      `${wanted === "a change" ? "Change it" : "Revert the change"} in the program, and run \`pulumi up\`.`,
  },
  {
    name: "Helm",
    annotations: ["meta.helm.sh/release-name"],
    managers: /^(helm|terraform-provider-helm.*)$/,
    consequence: "reverts nothing by itself, but whose next upgrade would meet the change",
    advice({ namespace, metadata: { annotations = {} }, wanted }) {
      const release = nameOf(annotations["meta.helm.sh/release-name"]);
      const where = nameOf(annotations["meta.helm.sh/release-namespace"]) ?? namespace;
      const command = (verb: string) =>
        inBackticks(`helm ${verb}`, ...(release === undefined ? [] : [release, "-n", where]));
      if (wanted === "a change") return `Change it in the release's values: ${command("upgrade")}.`;
      return `Go back to its revision before (${command("history")}, ${command("rollback")}), or upgrade the release with the right values.`;
    },
  },
];

function scaledObjectAmong(references: ObjectMeta["ownerReferences"]) {
  return references?.find(({ kind, apiVersion }) => kind === "ScaledObject" && apiVersion.startsWith("keda.sh/"));
}

function named(name: string | undefined): string {
  return name === undefined ? "" : ` ${name}`;
}
