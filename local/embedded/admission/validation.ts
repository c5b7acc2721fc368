import { isDeepStrictEqual } from "node:util";
import { selects } from "../label-selector.ts";
import type { Event as ApiEvent, Hpa, LabelSelector, Lease, Pod, PodTemplate, StatefulSet } from "../types.ts";
import type { FieldProblem } from "../api-error.ts";
import { labelProblems } from "../names.ts";
import type { Resource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";
import { countProblem, forbiddenField, immutable, invalidValue, required } from "./problems.ts";

/** What all workloads that have pods say about them. */
interface WorkloadSpec {
  replicas?: number;
  selector?: LabelSelector;
  template?: PodTemplate;
}

const WORKLOADS = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"];
const NO_MATCH = "`selector` does not match template `labels`";
const MUTABLE_OF_A_SET = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];
/** What may change of a pod. */
export const MUTABLE_OF_A_POD =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/**
 * What is wrong with an object, once its defaults are filled in.
 * @param previous the object before an update
 */
export function problemsOf(resource: Resource, object: ApiObject, previous: ApiObject | undefined): FieldProblem[] {
  return [...labelProblems(object.metadata?.labels), ...problemsOfSpec(resource, object, previous)];
}

function problemsOfSpec({ kind }: Resource, object: ApiObject, previous: ApiObject | undefined): FieldProblem[] {
  if (WORKLOADS.includes(kind)) return problemsOfWorkload(object, previous);
  if (kind === "Pod") return problemsOfPod(object as Pod, previous as Pod | undefined);
  if (kind === "HorizontalPodAutoscaler") return problemsOfAutoscaler(object as Hpa);
  if (kind === "Lease") return problemsOfLease(object as Lease);
  if (kind === "Event") return problemsOfEvent(object as ApiEvent);
  if (kind === "Job") return containersProblem("spec.template.spec", (object.spec as WorkloadSpec).template?.spec);
  return [];
}

function problemsOfWorkload(object: ApiObject, previous: ApiObject | undefined): FieldProblem[] {
  const spec = (object.spec ?? {}) as WorkloadSpec;
  const was = previous?.spec as WorkloadSpec | undefined;
  const labels = spec.template?.metadata?.labels;
  const replicas = countProblem("spec.replicas", spec.replicas);
  const problems = replicas === undefined ? [] : [replicas];
  if (spec.selector === undefined) problems.push(required("spec.selector"));
  if (!selects(spec.selector, labels)) problems.push(invalidValue("spec.template.metadata.labels", labels, NO_MATCH));
  problems.push(...containersProblem("spec.template.spec", spec.template?.spec));
  if (was === undefined) return problems;
  if (object.kind === "StatefulSet")
    return [...problems, ...changedParts(object as StatefulSet, previous as StatefulSet)];
  const moved = !isDeepStrictEqual(spec.selector, was.selector);
  return moved ? [...problems, immutable("spec.selector", spec.selector)] : problems;
}

function changedParts({ spec }: StatefulSet, previous: StatefulSet): FieldProblem[] {
  const fixed = (of: object = {}) =>
    Object.fromEntries(Object.entries(of).filter(([name]) => !MUTABLE_OF_A_SET.includes(name)));
  if (isDeepStrictEqual(fixed(spec), fixed(previous.spec))) return [];
  const why =
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  return [forbiddenField("spec", why)];
}

function problemsOfPod({ spec }: Pod, previous: Pod | undefined): FieldProblem[] {
  const problems = containersProblem("spec", spec);
  if (previous === undefined || isDeepStrictEqual(fixedParts(spec), fixedParts(previous.spec))) return problems;
  // A pod is bound to its node once, and let go of its gates.
  const bound = { ...previous.spec, nodeName: previous.spec?.nodeName ?? spec?.nodeName, schedulingGates: undefined };
  const same = isDeepStrictEqual(fixedParts({ ...spec, schedulingGates: undefined }), fixedParts(bound));
  return same ? problems : [...problems, forbiddenField("spec", MUTABLE_OF_A_POD)];
}

/** What of a pod's spec never changes. */
function fixedParts(spec: object = {}): object {
  const {
    containers = [],
    initContainers = [],
    activeDeadlineSeconds: _deadline,
    tolerations: _tolerations,
    terminationGracePeriodSeconds: _grace,
    ...rest
  } = spec as Partial<NonNullable<Pod["spec"]>>;
  const withoutImage = ({ image: _image, ...container }: { image?: string }) => container;
  const present = Object.fromEntries(
    Object.entries(rest as Record<string, unknown>).filter(([, value]) => value !== undefined),
  );
  return { ...present, containers: containers.map(withoutImage), initContainers: initContainers.map(withoutImage) };
}

function containersProblem(path: string, spec: PodTemplate["spec"]): FieldProblem[] {
  const containers = spec?.containers ?? [];
  if (containers.length === 0) return [required(`${path}.containers`)];
  // The type promises a name; what somebody sent does not.
  return (containers as { name?: string; image?: string }[]).flatMap(({ name, image }, index) => [
    ...(name === undefined ? [required(`${path}.containers[${index}].name`)] : []),
    ...(image === undefined ? [required(`${path}.containers[${index}].image`)] : []),
  ]);
}

function problemsOfAutoscaler({ spec }: Hpa): FieldProblem[] {
  const { minReplicas = 1, maxReplicas = 0 } = spec as Partial<Hpa["spec"]>;
  const problems: FieldProblem[] = [];
  if (minReplicas < 1) {
    problems.push(invalidValue("spec.minReplicas", minReplicas, "must be greater than or equal to 1"));
  }
  if (maxReplicas < 1) problems.push(invalidValue("spec.maxReplicas", maxReplicas, "must be greater than 0"));
  else if (maxReplicas < minReplicas) {
    problems.push(invalidValue("spec.maxReplicas", maxReplicas, "must be greater than or equal to `minReplicas`"));
  }
  if (minReplicas === 0) {
    const why = "must specify at least one Object or External metric to support scaling to zero replicas";
    problems.push(forbiddenField("spec.metrics", why));
  }
  return problems;
}

function problemsOfLease({ spec }: Lease): FieldProblem[] {
  const seconds = spec?.leaseDurationSeconds ?? 1;
  return seconds > 0 ? [] : [invalidValue("spec.leaseDurationSeconds", seconds, "must be greater than 0")];
}

function problemsOfEvent({ metadata, involvedObject }: ApiEvent): FieldProblem[] {
  const about = (involvedObject as typeof involvedObject | undefined)?.namespace ?? "";
  // Events about objects of the cluster are kept in `default`.
  if (about === (metadata.namespace ?? "") || (about === "" && metadata.namespace === "default")) return [];
  return [invalidValue("involvedObject.namespace", about, "does not match event.namespace")];
}
