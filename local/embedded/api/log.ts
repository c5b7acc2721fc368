import { badRequest } from "../api-error.ts";
import { PODS } from "../kinds.ts";
import { logOptionsOf, simulatedLog } from "../simulated-log.ts";
import type { Store } from "../store.ts";
import type { Pod } from "../types.ts";
import type { Answer, ApiRequest } from "./request.ts";
import type { Route } from "./route.ts";

/** Reads a container's log. @throws ApiError NotFound, BadRequest for a container that the pod has not or that has no such log */
export function log(store: Store, { namespace, name = "" }: Route, { query }: ApiRequest): Answer {
  const pod = store.get<Pod>(PODS, namespace, name);
  const options = logOptionsOf(query, pod);
  const { container, previous } = options;
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  if (!containers.some((candidate) => candidate.name === container)) {
    throw badRequest(`container ${container} is not valid for pod ${name}`);
  }
  const body = simulatedLog(pod, options);
  if (body !== undefined) return { status: 200, body };
  throw badRequest(
    previous
      ? `previous terminated container "${container}" in pod "${name}" not found`
      : `container "${container}" in pod "${name}" is waiting to start`,
  );
}
