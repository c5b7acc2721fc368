import type { Deployment, Scale } from "../types.ts";
import { ApiError, badRequest, invalid, type FieldProblem } from "../api-error.ts";
import { countProblem, invalidValue } from "../admission/problems.ts";
import type { ScalePaths } from "../custom/traits.ts";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";
import type { ApiObject } from "../api-object.ts";
import { fieldAt, fieldsOf, withFieldAt } from "./fields.ts";
import { printedSelector } from "./label-selector.ts";
import { patched } from "./patch.ts";
import { isDryRun, mediaType, objectIn, parsedBody, writerOf, type Answer, type ApiRequest } from "./request.ts";
import type { Route } from "./route.ts";
import { methodNotAllowed, notServed } from "./status.ts";

const SCALABLE = ["Deployment", "ReplicaSet", "StatefulSet"];
const SCALE = { kind: "Scale", group: "autoscaling", version: "v1" };

/** What `scale` needs to know of a workload: the same of all kinds. */
type Scalable = Pick<Deployment, "spec" | "status">;

/**
 * Reads or changes how many replicas a workload, or a custom object whose definition says where that stands, is to have.
 * @throws ApiError as for the object itself
 */
export function scale(store: Store, route: Route, request: ApiRequest): Answer {
  const { resource, namespace, name = "" } = route;
  const scaling = scalingOf(resource);
  const object = store.get(resource, namespace, name);
  const current = scaleOf(object, scaling);
  if (request.method === "GET") return { status: 200, body: current };
  const wanted = wantedScale(current, request);
  const replicas = wanted.spec?.replicas ?? 0;
  const problem = scaling.problem(replicas);
  if (problem !== undefined) throw invalid(scaling.refusedAs, name, [problem]);
  if (wanted.metadata?.name !== name) {
    throw badRequest(
      `the name of the object (${wanted.metadata?.name ?? ""}) does not match the name on the URL (${name})`,
    );
  }
  const { resourceVersion } = wanted.metadata;
  const metadata = { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  const scaled = scaling.scaled({ ...object, metadata }, replicas);
  const options = { dryRun: isDryRun(request), writer: writerOf(request, "scale") };
  return { status: 200, body: scaleOf(store.update(resource, scaled, options), scaling) };
}

/** Where the scale of an object stands. */
interface Scaling {
  read: (object: ApiObject) => { spec: number; status: number; selector: string | undefined };
  scaled: (object: ApiObject, replicas: number) => ApiObject;
  problem: (replicas: unknown) => FieldProblem | undefined;
  /** What a refusal says that it is about. */
  refusedAs: { kind: string; group: string };
}

/** @throws ApiError NotFound for what cannot be scaled */
function scalingOf(resource: Resource): Scaling {
  if (resource.custom?.scale !== undefined) return customScaling(resource, resource.custom.scale);
  if (!SCALABLE.includes(resource.kind)) throw notServed();
  return WORKLOAD;
}

const WORKLOAD: Scaling = {
  read: (object) => {
    const { spec, status } = object as Scalable;
    return {
      spec: spec?.replicas ?? 1,
      status: status?.replicas ?? 0,
      selector: printedSelector(spec?.selector),
    };
  },
  scaled: (object, replicas) => ({ ...object, spec: { ...fieldsOf(object.spec), replicas } }),
  problem: (replicas) => countProblem("spec.replicas", replicas),
  refusedAs: SCALE,
};

/** Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/etcd.go */
function customScaling(resource: Resource, paths: ScalePaths): Scaling {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths;
  const at = (object: ApiObject, path: string) => fieldAt(object, namesIn(path));
  return {
    read: (object) => {
      const spec = at(object, specReplicasPath);
      if (typeof spec !== "number") {
        const why = `the spec replicas field ${JSON.stringify(specReplicasPath)} does not exist`;
        throw new ApiError(500, "InternalError", `Internal error occurred: ${why}`);
      }
      const selector = labelSelectorPath === undefined ? undefined : at(object, labelSelectorPath);
      const status = at(object, statusReplicasPath);
      return {
        spec,
        status: typeof status === "number" ? status : 0,
        selector: typeof selector === "string" && selector !== "" ? selector : undefined,
      };
    },
    scaled: (object, replicas) => withFieldAt(object, namesIn(specReplicasPath), replicas),
    problem: (replicas) =>
      typeof replicas === "number" && replicas >= 0
        ? undefined
        : invalidValue(specReplicasPath, replicas, "should be a non-negative integer"),
    refusedAs: resource,
  };
}

function namesIn(path: string): string[] {
  return path.split(".").filter((name) => name !== "");
}

function wantedScale(current: Scale, request: ApiRequest): Scale {
  if (request.method === "PUT") return objectIn(request, SCALE);
  if (request.method !== "PATCH") throw methodNotAllowed();
  const patch = parsedBody(request, "error decoding patch");
  return patched({ ...current }, mediaType(request), patch);
}

function scaleOf(object: ApiObject, { read }: Scaling): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata ?? {};
  const { spec, status, selector } = read(object);
  return {
    kind: SCALE.kind,
    apiVersion: "autoscaling/v1",
    metadata: Object.fromEntries(
      Object.entries({ name, namespace, uid, resourceVersion, creationTimestamp }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
    // The API leaves a zero out.
    spec: spec === 0 ? {} : { replicas: spec },
    status: { replicas: status, ...(selector === undefined ? {} : { selector }) },
  };
}
