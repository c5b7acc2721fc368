import { setImmediate as nextRound } from "node:timers/promises";
import type {
  DaemonSet,
  Deployment,
  Pod,
  PodTemplate,
  ReplicaSet,
  StatefulSet,
} from "../../../../functions/shared/kubernetes/types.ts";
import { admittingStore } from "../../../../local/embedded/admission.ts";
import { addNodes, startControllers } from "../../../../local/embedded/cluster.ts";
import { EVENTS, NAMESPACES, PODS } from "../../../../local/embedded/kinds.ts";
import type { Resource } from "../../../../local/embedded/resources.ts";
import type { Store } from "../../../../local/embedded/store.ts";
import type { ApiObject } from "../../../../local/embedded/api-object.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const NAMESPACE = "shop";
/** Rounds without any change after which nothing is left to do. */
const QUIET_ROUNDS = 3;
/** How much time passes at once, in seconds. */
const STEP_SECONDS = 0.1;

/** The controllers, the scheduler and the kubelets at work on a namespace `shop`; time passes when the test says so. */
export class Running {
  readonly clock = new ManualClock();
  readonly store: Store = admittingStore(this.clock);
  readonly stop: () => void;

  constructor(nodes = 3) {
    this.store.create(NAMESPACES, { metadata: { name: NAMESPACE } });
    addNodes(this.store, nodes);
    ({ stop: this.stop } = startControllers(this.store));
  }

  create<T extends ApiObject>(resource: Resource, object: T): T {
    return this.store.create(resource, { ...object, metadata: { namespace: NAMESPACE, ...object.metadata } });
  }

  get<T extends ApiObject>(resource: Resource, name: string): T {
    return this.store.get(resource, resource.namespaced ? NAMESPACE : undefined, name);
  }

  change<T extends ApiObject>(resource: Resource, name: string, edit: (object: T) => void): void {
    this.store.change(resource, { namespace: NAMESPACE, name }, edit);
  }

  list<T extends ApiObject>(resource: Resource): T[] {
    return this.store.list(resource, NAMESPACE);
  }

  pods(): Pod[] {
    return this.list(PODS);
  }

  annotatePods(annotations: Record<string, string>): void {
    for (const { metadata } of this.pods()) {
      this.change<Pod>(PODS, metadata?.name ?? "", (pod) => {
        pod.metadata = { ...pod.metadata, annotations: { ...pod.metadata?.annotations, ...annotations } };
      });
    }
  }

  /** What is said about an object: `Reason: message`, oldest first. */
  events(kind: string): string[] {
    return this.list<ApiObject & { involvedObject?: { kind?: string }; reason?: string; message?: string }>(EVENTS)
      .filter(({ involvedObject }) => involvedObject?.kind === kind)
      .map(({ reason, message }) => `${reason ?? ""}: ${message ?? ""}`);
  }

  /** Lets everybody do what there is to do, and time pass after that. */
  async pass(seconds: number): Promise<void> {
    await this.settle();
    for (let passed = 0; passed < seconds; passed += STEP_SECONDS) {
      this.clock.pass(STEP_SECONDS);
      await this.settle();
    }
  }

  /** Lets time pass until something is so. @throws Error when it is not so in time */
  async until(what: string, holds: () => boolean, seconds = 60): Promise<void> {
    for (let passed = 0; !holds(); passed += STEP_SECONDS) {
      if (passed > seconds) throw new Error(`After ${seconds} s it is still not so: ${what}`);
      await this.pass(STEP_SECONDS);
    }
  }

  async settle(): Promise<void> {
    let quiet = 0;
    let version = this.store.version;
    while (quiet < QUIET_ROUNDS) {
      await nextRound();
      quiet = this.store.version === version ? quiet + 1 : 0;
      version = this.store.version;
    }
  }
}

/** The template of a revision, with markers. */
export function template(version: number, markers: Record<string, string> = {}, cpu = "500m"): PodTemplate {
  return {
    metadata: { labels: { app: "web" }, annotations: markers },
    spec: {
      containers: [
        {
          name: "app",
          image: `shop/web:${version}`,
          resources: { requests: { cpu } },
          readinessProbe: { httpGet: { path: "/", port: 80 } },
        },
      ],
    },
  };
}

export const CRASH = { "simulation/failure": "crash-loop" };

const selector = { matchLabels: { app: "web" } };

export function deployment(overrides: Partial<Deployment["spec"] & object> = {}): Deployment {
  const spec = { replicas: 2, progressDeadlineSeconds: 8, selector, template: template(1), ...overrides };
  return { metadata: { name: "web" }, spec };
}

export function replicaSet(overrides: Partial<ReplicaSet["spec"] & object> = {}): ReplicaSet {
  return { metadata: { name: "web" }, spec: { replicas: 2, selector, template: template(1), ...overrides } };
}

export function statefulSet(overrides: Partial<StatefulSet["spec"] & object> = {}): StatefulSet {
  const spec = { replicas: 3, serviceName: "web", selector, template: template(1), ...overrides };
  return { metadata: { name: "web" }, spec };
}

export function daemonSet(overrides: Partial<DaemonSet["spec"] & object> = {}): DaemonSet {
  return { metadata: { name: "web" }, spec: { selector, template: template(1), ...overrides } };
}

export function imagesOf(pods: readonly Pod[]): (string | undefined)[] {
  return pods.map(({ spec }) => spec?.containers[0]?.image);
}
