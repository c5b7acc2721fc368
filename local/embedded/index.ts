/**
 * What others may use of the embedded cluster: a cluster, or the parts of one. Nothing outside this folder imports another
 * of its files, but printers/index.ts and its own tests.
 */

export { startEmbeddedCluster, type EmbeddedCluster } from "./start.ts";
export { admittingStore } from "./admission.ts";
export { routeOf, type Route } from "./api/route.ts";
export { apiTime, FastClock, type Clock } from "./clock.ts";
export { addNodes, startControllers } from "./cluster.ts";
export { DrivenClock } from "./driven-clock.ts";
export { EVENTS } from "./kinds.ts";
export { Kubectl } from "./kubectl.ts";
export { pathOf } from "./kubectl/client.ts";
export {
  groupVersionOf,
  resourceOfKind,
  resourceOfName,
  RESOURCES,
  type NamedResource,
  type Resource,
} from "./resources.ts";
export { startApiServer, type AnsweredRequest, type RunningServer, type ServerOptions } from "./server.ts";
export { logOptionsOf, simulatedLog } from "./simulated-log.ts";
export { simulatedNodes } from "./simulated-nodes.ts";
export { parseMillicores, usageOf, type Usage } from "./simulated-usage.ts";
export { customResource, definitionProblems } from "./custom/definition.ts";
export { keyParts } from "./stages/selector.ts";
export { patchesOf, type Stage } from "./stages/stage.ts";
export { templateProblem } from "./stages/template.ts";
export type { Store } from "./store.ts";
export type { ApiObject } from "./api-object.ts";
