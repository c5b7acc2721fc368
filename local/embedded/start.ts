import { addNodes, startControllers } from "./cluster.ts";
import { FastClock } from "./clock.ts";
import { Kubectl } from "./kubectl.ts";
import { startApiServer, type AnsweredRequest, type ServerOptions } from "./server.ts";
import { admittingStore } from "./admission.ts";
import { runControllers } from "./controllers/controller.ts";
import { stagePlayer } from "./stages/player.ts";
import type { Stage } from "./stages/stage.ts";

/** A cluster in this process. */
export interface EmbeddedCluster {
  /** Its API server, plain HTTP on loopback. */
  url: string;
  clock: FastClock;
  kubectl: Kubectl;
  /** Every request that its API server answered, in order. */
  answered: readonly AnsweredRequest[];
  /** Plays stages, on what is there as well, until the answer ends that. */
  playStages: (stages: readonly Stage[]) => () => void;
  stop: () => Promise<void>;
}

/** How many nodes it has. */
const NODES = 3;

/**
 * Starts a cluster with three nodes, whose time passes `speed` times as fast as the machine's.
 * @param onAnswered is told of every request
 */
export async function startEmbeddedCluster(
  speed: number,
  onAnswered: ServerOptions["onAnswered"] = () => undefined,
): Promise<EmbeddedCluster> {
  const clock = new FastClock(speed);
  const store = admittingStore(clock);
  const answered: AnsweredRequest[] = [];
  const server = await startApiServer(store, {
    onAnswered: (request, sent) => {
      answered.push(request);
      onAnswered(request, sent);
    },
  });
  const controllers = startControllers(store);
  addNodes(store, NODES);
  return {
    url: server.url,
    clock,
    kubectl: new Kubectl(server.url, clock),
    answered,
    playStages: (stages) => runControllers(store, [stagePlayer(store, stages)]),
    stop: async () => {
      controllers.stop();
      clock.stop();
      await server.stop();
    },
  };
}
