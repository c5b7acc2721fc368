import { objectOf, type Evidence } from "../../facts/evidence.ts";
import { describeReconciler, reconcilerRef, whyNotReady, type FluxObject, type FluxSource } from "../../facts/flux.ts";
import { objectAt } from "../../shared/object-ref.ts";
import { namedBy, sourceOf } from "../../facts/flux-reconciler.ts";

/**
 * What shows of trouble in what Flux keeps a workload by, as evidence lines: a reconciler that is not ready, and a source from which
 * nothing that is pushed arrives. Of a HelmRelease the source is its HelmChart, which names a repository that fails.
 */
export function fluxLines(evidence: Evidence): string[] {
  const named = namedBy(evidence.workload?.metadata ?? {});
  const object = named && (objectOf(reconcilerRef(named), evidence) as FluxObject | undefined);
  if (named === undefined || object === undefined) return [];
  const why = whyNotReady(object);
  const ref = sourceOf(named, object);
  const source = ref && objectAt<FluxSource>(ref, evidence.others);
  return [
    ...(why === undefined ? [] : [`${describeReconciler(named)} of Flux is not ready (${why})`]),
    ...(ref === undefined || source === undefined
      ? []
      : troubleOf(source).map((said) => `${ref.kind} ${ref.namespace}/${ref.name}, its source, ${said}`)),
  ];
}

function troubleOf(source: FluxSource): string[] {
  if (source.spec?.suspend === true) return ["is suspended: nothing that is pushed arrives before it is resumed"];
  const why = whyNotReady(source);
  return why === undefined ? [] : [`is not ready: what is pushed may not arrive before that is mended (${why})`];
}
