import type { Deployment, Hpa } from "../../../functions/shared/kubernetes/types.ts";
import { kindOf } from "../../../functions/kinds/kinds.ts";
import { limitedAtMaximumSince } from "../../../functions/shared/kubernetes/hpa.ts";
import {
  addNodes,
  admittingStore,
  DrivenClock,
  Kubectl,
  resourceOfKind,
  startApiServer,
  startControllers,
  type AnsweredRequest,
} from "../../../local/embedded/index.ts";
import type { Situation } from "./situations.ts";

export const NAMESPACE = "shop";
const WEB = { kind: "Deployment", namespace: NAMESPACE, name: "web" };
const START = new Date("2026-06-01T00:00:00Z");
const NODES = 3;
/** How long everything is well before it breaks, in seconds: longer than the default policy asks for. */
const WELL_SECONDS = 1_200;
/** The workflow runs with each full minute; what breaks does so in the middle between two. */
const BETWEEN_RUNS_SECONDS = 30;

/** A cluster in this process on which one situation is played. Its time passes only when it is driven. */
export interface BenchStage {
  url: string;
  clock: DrivenClock;
  /** When it broke. */
  broke: Date;
  /** Runs a command in the situation's namespace. */
  kubectl: (args: readonly string[]) => Promise<void>;
  /** Whether the workload is as it should be. */
  isWell: () => boolean;
  /** Whether the Deployment itself says that its rollout has failed. */
  saysItFailed: () => boolean;
  stop: () => Promise<void>;
}

/** Makes a cluster, lets the workload run well for twenty minutes, and breaks it. */
export async function breakOn(
  { objects, breaks }: Situation,
  onAnswered: (request: AnsweredRequest) => void = () => undefined,
): Promise<BenchStage> {
  const clock = new DrivenClock(START);
  const store = admittingStore(clock);
  const server = await startApiServer(store, { onAnswered });
  const controllers = startControllers(store);
  addNodes(store, NODES);
  const admin = new Kubectl(server.url, clock);
  const kubectl = (args: readonly string[], input = "") =>
    clock.work(async () => {
      await admin.run(["-n", NAMESPACE, ...args], input);
    });
  const deployment = () => store.find<Deployment>(resourceOfKind("Deployment"), NAMESPACE, WEB.name);
  const hpa = () => store.find<Hpa>(resourceOfKind("HorizontalPodAutoscaler"), NAMESPACE, WEB.name);
  await kubectl(["create", "namespace", NAMESPACE]);
  for (const object of objects) await kubectl(["apply", "-f", "-"], JSON.stringify(object));
  await clock.driveTo(new Date(START.getTime() + (WELL_SECONDS + BETWEEN_RUNS_SECONDS) * 1_000));
  const stage: BenchStage = {
    url: server.url,
    clock,
    broke: clock.now(),
    kubectl,
    isWell: () => {
      const [workload, autoscaler] = [deployment(), hpa()];
      if (workload === undefined || (autoscaler !== undefined && limitedAtMaximumSince(autoscaler) !== undefined))
        return false;
      return kindOf(WEB)?.gaps(workload).length === 0;
    },
    saysItFailed: () =>
      (deployment()?.status?.conditions ?? []).some(({ reason }) => reason === "ProgressDeadlineExceeded"),
    stop: async () => {
      controllers.stop();
      await server.stop();
    },
  };
  if (!stage.isWell()) throw new Error(`${WEB.name} is not well before it is broken.`);
  for (const args of breaks) await kubectl(args);
  return stage;
}

/** Drives the time, second by second, until something holds, and answers how many seconds that took; undefined if never. */
export async function secondsUntil(
  { clock }: BenchStage,
  holds: () => boolean,
  longest: number,
): Promise<number | undefined> {
  const from = clock.now().getTime();
  for (let seconds = 1; seconds <= longest; seconds++) {
    await clock.driveTo(new Date(from + seconds * 1_000));
    if (holds()) return seconds;
  }
  return undefined;
}
