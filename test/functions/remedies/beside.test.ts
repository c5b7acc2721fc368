import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { acquire } from "../../../functions/claim/claim.ts";
import type { FluxObject } from "../../../functions/facts/flux.ts";
import { carryOut } from "../../../functions/remedies/flux-rollback/carry-out.ts";
import type { FluxRollbackPlan } from "../../../functions/remedies/flux-rollback/contract.ts";
import type { Plan, Remedy } from "../../../functions/remedies/remedy.ts";
import { remedyFor } from "../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../functions/remedies/step.ts";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { mapConcurrently } from "../../../functions/shared/concurrency.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { isReady } from "../../../functions/shared/kubernetes/pods.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import type { Deployment, Pod, ReplicaSet } from "../../../functions/shared/kubernetes/types.ts";
import type { RevisionRef } from "../../../functions/shared/refs.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../../local/embedded/index.ts";
import { incident, policy } from "../../support/objects.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";
import { REVISION } from "./flux-rollback/objects.ts";

/** So many remedies for one cause begin here, one after the other. */
const POLICY = policy({ limits: { canary: false, concurrent: 100, per_namespace: 100, per_hour: 1_000 } });

/** So many situations are played at the same time. */
const AT_ONCE = 4;

let embedded: EmbeddedCluster;
beforeAll(async () => {
  embedded = await startEmbeddedCluster(40);
  await embedded.kubectl.run(["apply", "-f", "-"], manifest("flux-kinds"));
});
afterAll(() => embedded.stop());

function manifest(name: string, namespace = ""): string {
  const file = fileURLToPath(new URL(`../../scenarios/common/${name}.yaml`, import.meta.url));
  return readFileSync(file, "utf8").replaceAll("${NAMESPACE}", namespace);
}

// The policy's limits count what is under way, and nothing here gives its claim back.
afterEach(async () => {
  await embedded.kubectl.run(["-n", "eks-remediation", "delete", "leases", "--all"]);
});

/** What comes before a request is sent, and after it was answered: which request of a call it is, counted from 1, and whether it writes. */
interface Trouble {
  before?(request: number): Promise<void>;
  after?(request: number, isWrite: boolean): void;
}

/** A client that meets trouble. */
function clusterWith(trouble: Trouble = {}): HttpCluster {
  const client = new HttpCluster({ name: "prod", server: embedded.url, authenticate: () => Promise.resolve({}) });
  let requests = 0;
  const spoilt = ["get", "metadata", "list", "patch", "replace", "delete", "evict"] as const;
  return new Proxy(client, {
    get(target, name: keyof HttpCluster) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      if (!spoilt.some((other) => other === name)) return method.bind(target) as unknown;
      return async (...args: unknown[]): Promise<unknown> => {
        const request = ++requests;
        await trouble.before?.(request);
        const answer: unknown = await method.apply(target, args);
        const isTrial = (args.at(-1) as { dryRun?: boolean } | undefined)?.dryRun === true;
        trouble.after?.(request, ["patch", "replace", "delete", "evict"].includes(name) && !isTrial);
        return answer;
      };
    },
  });
}

/** Deployment `web` of Flux, whose second revision is the present one, and a step's call for it. */
class Situation {
  static #count = 0;
  readonly namespace = `beside-${++Situation.#count}`;
  #run: WorkloadRun | undefined;
  #plan: Plan | undefined;

  async set(action: Action): Promise<void> {
    const { namespace } = this;
    await embedded.kubectl.run(["create", "namespace", namespace]);
    const web = manifest(action === "flux-rollback" ? "flux-web" : "web", namespace);
    for (const text of [manifest("flux-shop", namespace), web]) {
      await embedded.kubectl.run(["-n", namespace, "apply", "-f", "-"], text);
    }
    await this.kubectl("rollout", "status", "deployment/web");
    await this.kubectl("set", "image", "deployment/web", "app=shop/web:2");
    await this.kubectl("rollout", "status", "deployment/web");
    const workload = { kind: "Deployment", namespace, name: "web" };
    const plan = await this.#planOf(action);
    const { metadata } = await this.deployment();
    const claim = await acquire(clusterWith(), {
      ...{ workload, holder: namespace, dryRun: false, policy: POLICY, now: new Date() },
    });
    this.#plan = plan;
    this.#run = claimedRun({
      claim,
      incident: incident({ workload }),
      diagnosis: diagnosis({
        remedy: plan,
        ...(action === "flux-rollback" ? { owner: "Flux" } : {}),
        ...(metadata?.uid === undefined ? {} : { workload_uid: metadata.uid }),
      }),
      execution: { id: namespace, name: namespace },
    });
  }

  async #planOf(action: Plan["action"]): Promise<Plan> {
    const [before, after] = [await this.#revision("shop/web:2"), await this.#revision("shop/web:1")];
    const reconciler = { kind: "Kustomization", namespace: this.namespace, name: "shop", revision: REVISION } as const;
    switch (action) {
      case "flux-rollback":
        return { action, before, after, unblocked: [], reconciler: { ...reconciler, objects: 2 } };
      case "restart": {
        await expect.poll(async () => (await this.pods()).length).toBe(2);
        await this.kubectl("annotate", "pods", "--all", "simulation/failure=crash-loop");
        await expect.poll(async () => (await this.pods()).every((pod) => !isReady(pod))).toBe(true);
        const pods = (await this.pods()).map(({ metadata }) => ({
          name: metadata?.name ?? "",
          uid: metadata?.uid ?? "",
        }));
        return { action, mode: "evict", pods };
      }
      case "scale":
        return { action, scale: { target: "replicas", from: 2, to: 4 } };
      default:
        return { action: "rollback", before, after, unblocked: [] };
    }
  }

  async #revision(image: string): Promise<RevisionRef> {
    const all = await clusterWith().list<ReplicaSet>(paths.replicaSets(this.namespace));
    const holder = all.find(({ spec }) => spec?.template?.spec?.containers[0]?.image === image);
    const { name = "", annotations } = holder?.metadata ?? {};
    const revision = Number(annotations?.["deployment.kubernetes.io/revision"]);
    return { revision, kind: "ReplicaSet", name, template: templateHash(holder?.spec?.template ?? {}) };
  }

  /** One call of the step. @returns its answer; `failed` where it ends with an error */
  async call(attempt: number, trouble: Trouble = {}): Promise<{ status: string; message?: string }> {
    return await this.#ask({ attempt, run: this.#run }, trouble);
  }

  /** Takes back what a call has answered that it did. */
  async undo(remedy: object): Promise<void> {
    const answer = await this.#ask({ operation: "undo", run: { ...this.#run, remedy } });
    expect(answer).toEqual({ ...answer, status: "applied" });
  }

  async #ask(input: object, trouble: Trouble = {}): Promise<{ status: string; message?: string }> {
    if (this.#plan === undefined) throw new Error("There is no plan.");
    const cluster = clusterWith(trouble);
    const step = remedyStep(quick(remedyFor(this.#plan.action)))({
      ...unreachableEnvironment(new Error("not used")),
      connect: () => Promise.resolve(cluster),
      policy: () => POLICY,
      now: () => new Date(),
    });
    try {
      return await step(input);
    } catch (error) {
      return { status: "failed", message: String(error) };
    }
  }

  /** What of a remedy shows. */
  async shown(): Promise<string[]> {
    const { spec } = await this.deployment();
    const kustomization = JSON.parse(await this.kubectl("get", "kustomization", "shop", "-o", "json")) as FluxObject;
    const planned = this.#plan?.action === "restart" ? this.#plan.pods : [];
    const pods = (await this.pods()).filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    const gone = planned.filter(({ uid }) => !pods.some(({ metadata }) => metadata?.uid === uid));
    return [
      ...(kustomization.spec?.suspend === true ? ["suspended"] : []),
      ...(spec?.template.spec?.containers[0]?.image === "shop/web:1" ? ["rolled back"] : []),
      ...(spec?.replicas === 2 ? [] : ["scaled"]),
      ...gone.map(() => "restarted"),
    ];
  }

  async kubectl(...args: string[]): Promise<string> {
    return await embedded.kubectl.run(["-n", this.namespace, ...args]);
  }

  async deployment(): Promise<Deployment> {
    return await clusterWith().get<Deployment>(paths.deployment(this.namespace, "web"));
  }

  async pods(): Promise<Pod[]> {
    return await clusterWith().list<Pod>(paths.pods(this.namespace));
  }
}

/** The same, which waits for Flux no longer than a test has to. */
function quick(remedy: Remedy): Remedy {
  if (remedy.action !== "flux-rollback") return remedy;
  const calm = { within: 20_000, calmFor: 10 };
  return {
    ...remedy,
    carryOut: (writer, plan, occasion) => carryOut(writer, plan as FluxRollbackPlan, occasion, calm),
  };
}

const DONE = {
  rollback: ["rolled back"],
  "flux-rollback": ["suspended", "rolled back"],
  restart: ["restarted"],
  scale: ["scaled"],
} as const;
type Action = keyof typeof DONE;
const ACTIONS: Action[] = ["rollback", "flux-rollback", "restart", "scale"];
const UNDONE: Action[] = ["rollback", "flux-rollback", "scale"];

async function situation(action: Action): Promise<Situation> {
  const made = new Situation();
  await made.set(action);
  return made;
}

/** Which requests of a call write, counted from 1; and before which one it may wait: the first, each write, and what comes after it. */
async function requestsOf(action: Action): Promise<{ writes: number[]; waits: number[] }> {
  const own = await situation(action);
  const writes: number[] = [];
  await own.call(0, {
    after: (request, isWrite) => {
      if (isWrite) writes.push(request);
    },
  });
  return { writes, waits: [...new Set([1, ...writes.flatMap((write) => [write, write + 1])])] };
}

/** A call that waits before one of its requests, until it is let go on. */
async function heldBefore(own: Situation, at: number, attempt = 0): Promise<{ goOn(): Promise<unknown> }> {
  const [held, free] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const before = async (request: number) => {
    if (request !== at) return;
    held.resolve(undefined);
    await free.promise;
  };
  const call = own.call(attempt, { before });
  // It may send fewer requests than another.
  await Promise.race([held.promise, call]);
  return {
    goOn: async () => {
      free.resolve(undefined);
      return await call;
    },
  };
}

describe("a remedy's step whose call is tried again", () => {
  it.each(ACTIONS)("while it is still at work, has its %s done once, and takes it for its own", async (action) => {
    const { waits } = await requestsOf(action);
    const seen = await mapConcurrently(waits, AT_ONCE, async (at) => {
      const own = await situation(action);
      const first = await heldBefore(own, at);
      const { status, message } = await own.call(1);
      await first.goOn();
      return { at, status, message, shown: await own.shown() };
    });

    expect(seen).toEqual(seen.map((each) => ({ ...each, status: "applied", shown: DONE[action] })));
  });

  it.each(ACTIONS)("before it has begun, has its %s done once, and takes it for its own", async (action) => {
    const { waits } = await requestsOf(action);
    const seen = await mapConcurrently(waits, AT_ONCE, async (at) => {
      const own = await situation(action);
      const second = await heldBefore(own, at, 1);
      await own.call(0);
      const answer = (await second.goOn()) as { status: string; message?: string };
      return { at, ...answer, shown: await own.shown() };
    });

    expect(seen).toMatchObject(seen.map(() => ({ status: "applied", shown: DONE[action] })));
  });

  it.each(ACTIONS)("after an answer was lost, has its %s done once, and takes it for its own", async (action) => {
    const { writes } = await requestsOf(action);
    const seen = await mapConcurrently(writes, AT_ONCE, async (lost) => {
      const own = await situation(action);
      const first = await own.call(0, {
        after: (request) => {
          if (request === lost) throw new RemediationError("ClusterUnreachable", "The answer was lost.");
        },
      });
      const { status, message } = first.status === "failed" ? await own.call(1) : first;
      return { lost, status, message, shown: await own.shown() };
    });

    expect(seen).toEqual(seen.map((each) => ({ ...each, status: "applied", shown: DONE[action] })));
  });

  it.each(UNDONE)("does nothing more after that call, and the undo of its %s", async (action) => {
    const { waits } = await requestsOf(action);
    const seen = await mapConcurrently(waits, AT_ONCE, async (at) => {
      const own = await situation(action);
      const first = await heldBefore(own, at);
      const answer = await own.call(1);
      expect(answer).toEqual({ ...answer, status: "applied" });
      await own.undo(answer);
      await first.goOn();
      return { at, shown: await own.shown() };
    });

    expect(seen).toEqual(seen.map(({ at }) => ({ at, shown: [] })));
  });
});
