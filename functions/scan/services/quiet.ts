import { enabledBy } from "../../facts/opt-out.ts";
import type { Ingress, ObjectMeta, Service } from "../../shared/kubernetes/types.ts";

/**
 * Labels that controllers put on single pods while they run: no template has them, and a Service that asks for one has no
 * pod now and then by its nature.
 * Source: kubernetes.io/docs/reference/labels-annotations-taints; argoproj.github.io/argo-rollouts
 */
const OF_SINGLE_PODS =
  /^(statefulset\.kubernetes\.io\/|apps\.kubernetes\.io\/pod-index$|batch\.kubernetes\.io\/|job-name$|controller-uid$|controller-revision-hash$|(rollouts-)?pod-template-hash$)/;
/** Marks of tools whose Services have pods only now and then: on demand, while a test runs, or for the next version. */
const OF_TOOLS =
  /^(helm\.sh\/hook$|serving\.knative\.dev\/|networking\.internal\.knative\.dev\/|argo-rollouts\.argoproj\.io\/|acme\.cert-manager\.io\/)/;

/** Whether nothing is said of a Service, whatever it sends to: nobody selects for it, or others look after it. */
export function isLeftAlone({ metadata, spec }: Service): boolean {
  const selector = Object.keys(spec?.selector ?? {});
  return (
    spec?.type === "ExternalName" ||
    selector.length === 0 ||
    selector.some((key) => OF_SINGLE_PODS.test(key)) ||
    isOthers(metadata)
  );
}

/** An action of a load balancer's own, which looks like the port of a Service. Source: AWS Load Balancer Controller, annotations */
const ACTION_PORT = "use-annotation";

/** The Services that an Ingress sends to; none where others look after it. */
export function backendsOf({ metadata, spec }: Ingress): string[] {
  if (isOthers(metadata)) return [];
  const backends = [
    spec?.defaultBackend,
    ...(spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
  ];
  const services = backends.flatMap((backend) => backend?.service ?? []);
  return [...new Set(services.filter(({ port }) => port?.name !== ACTION_PORT).map(({ name }) => name))];
}

/** Whether another object, a tool or a word of the people whose it is keeps the workflow from it. */
function isOthers(metadata: ObjectMeta | undefined): boolean {
  const marks = [...Object.keys(metadata?.labels ?? {}), ...Object.keys(metadata?.annotations ?? {})];
  return (
    metadata?.deletionTimestamp !== undefined ||
    (metadata?.ownerReferences ?? []).length > 0 ||
    marks.some((mark) => OF_TOOLS.test(mark)) ||
    enabledBy({ metadata: metadata ?? {} }, undefined) === "false"
  );
}

/** Whether this object, or its namespace, keeps it untold: by an opt-out, by an opt-in that is missing, by its end. */
export function isUntold(
  object: { metadata?: ObjectMeta },
  namespace: { metadata?: ObjectMeta } | undefined,
  optIn: boolean,
): boolean {
  if (namespace?.metadata?.deletionTimestamp !== undefined) return true;
  const enabled = enabledBy(object, namespace);
  return enabled === "false" || (optIn && enabled !== "true");
}
