import type { Deployment, Scale } from "../types.ts";
import { badRequest, invalid } from "../api-error.ts";
import { countProblem } from "../admission/problems.ts";
import type { ApiObject, Store } from "../store.ts";
import { printedSelector } from "./label-selector.ts";
import { patched } from "./patch.ts";
import { isDryRun, mediaType, objectIn, parsedBody, type Answer, type ApiRequest } from "./request.ts";
import type { Route } from "./route.ts";
import { methodNotAllowed, notServed } from "./status.ts";

const SCALABLE = ["Deployment", "ReplicaSet", "StatefulSet"];
const SCALE = { kind: "Scale", group: "autoscaling", version: "v1" };

/** What `scale` needs to know of a workload: the same of all kinds. */
type Scalable = Pick<Deployment, "metadata" | "spec" | "status"> & ApiObject;

/** Reads or changes how many replicas a workload is to have. @throws ApiError as for the workload itself */
export function scale(store: Store, route: Route, request: ApiRequest): Answer {
  const { resource, namespace, name = "" } = route;
  if (!SCALABLE.includes(resource.kind)) throw notServed();
  const workload = store.get<Scalable>(resource, namespace, name);
  const current = scaleOf(workload);
  if (request.method === "GET") return { status: 200, body: current };
  const wanted = wantedScale(current, request);
  const replicas = wanted.spec?.replicas ?? 0;
  const problem = countProblem("spec.replicas", replicas);
  if (problem !== undefined) throw invalid(SCALE, name, [problem]);
  if (wanted.metadata?.name !== name) {
    throw badRequest(
      `the name of the object (${wanted.metadata?.name ?? ""}) does not match the name on the URL (${name})`,
    );
  }
  const { resourceVersion } = wanted.metadata;
  const scaled = {
    ...workload,
    metadata: { ...workload.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    spec: { ...workload.spec, replicas },
  } as Scalable;
  return { status: 200, body: scaleOf(store.update(resource, scaled, { dryRun: isDryRun(request) })) };
}

function wantedScale(current: Scale, request: ApiRequest): Scale {
  if (request.method === "PUT") return objectIn(request, SCALE);
  if (request.method !== "PATCH") throw methodNotAllowed();
  const patch = parsedBody(request, "error decoding patch");
  return patched({ ...current }, mediaType(request), patch);
}

function scaleOf({ metadata, spec, status }: Scalable): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata ?? {};
  const replicas = spec?.replicas ?? 1;
  return {
    kind: SCALE.kind,
    apiVersion: "autoscaling/v1",
    metadata: Object.fromEntries(
      Object.entries({ name, namespace, uid, resourceVersion, creationTimestamp }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
    // The API leaves a zero out.
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: status?.replicas ?? 0, selector: printedSelector(spec?.selector) },
  };
}
