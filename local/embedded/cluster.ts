import { autoscalerController } from "./controllers/autoscaler.ts";
import { runControllers, type Controller } from "./controllers/controller.ts";
import { daemonSetController } from "./controllers/daemonset.ts";
import { deploymentController } from "./controllers/deployment.ts";
import { disruptionBudgetController } from "./controllers/disruption-budget.ts";
import { endpointSliceController } from "./controllers/endpoint-slice.ts";
import { garbageCollector } from "./controllers/garbage-collector.ts";
import { jobController } from "./controllers/job.ts";
import { namespaceController } from "./controllers/namespace.ts";
import { nodeLifecycleController } from "./controllers/node-lifecycle.ts";
import { replicaSetController } from "./controllers/replicaset.ts";
import { resourceQuotaController } from "./controllers/resource-quota.ts";
import { statefulSetController } from "./controllers/statefulset.ts";
import { taintEvictionController } from "./controllers/taint-eviction.ts";
import { kubelet } from "./kubelet.ts";
import { nodeReports } from "./kubelet/nodes.ts";
import { scheduler } from "./scheduler.ts";
import type { Store } from "./store.ts";

export { addNodes } from "./nodes.ts";

const CONTROLLERS: readonly ((store: Store) => Controller)[] = [
  deploymentController,
  replicaSetController,
  statefulSetController,
  daemonSetController,
  jobController,
  autoscalerController,
  disruptionBudgetController,
  resourceQuotaController,
  endpointSliceController,
  garbageCollector,
  namespaceController,
  nodeLifecycleController,
  taintEvictionController,
  scheduler,
  kubelet,
  nodeReports,
];

/** Starts everything that works on the objects of a store: controllers, scheduler and kubelets. `stop` leaves no timer. */
export function startControllers(store: Store): { stop: () => void } {
  return {
    stop: runControllers(
      store,
      CONTROLLERS.map((controller) => controller(store)),
    ),
  };
}
