import type { ObjectMeta } from "../shared/kubernetes/types.ts";

/** A tool that keeps the desired state of objects elsewhere: a change made here would be reverted, or would drift. */
interface OwnerTool {
  name: string;
  labels: string[];
  annotations: string[];
  /** What to do there instead. */
  advice: string;
}

const OWNER_TOOLS: OwnerTool[] = [
  {
    name: "Argo CD",
    labels: ["argocd.argoproj.io/instance"],
    annotations: ["argocd.argoproj.io/tracking-id"],
    advice: "Revert the change in the Git repository, or run `argocd app rollback`.",
  },
  {
    name: "Flux",
    labels: ["kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"],
    annotations: [],
    advice: "Revert the change in the Git repository, then `flux reconcile`.",
  },
  {
    name: "Helm",
    labels: [],
    annotations: ["meta.helm.sh/release-name"],
    advice: "Run `helm rollback`, or upgrade the release with the right values.",
  },
];

/** The tool that owns the object's desired state, found by the marks that it leaves; undefined when there is none. */
export function ownerTool(metadata: ObjectMeta | undefined): Pick<OwnerTool, "name" | "advice"> | undefined {
  const labels = metadata?.labels ?? {};
  const annotations = metadata?.annotations ?? {};
  return OWNER_TOOLS.find(
    (tool) => tool.labels.some((key) => key in labels) || tool.annotations.some((key) => key in annotations),
  );
}
