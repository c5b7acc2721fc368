import { within } from "../../../functions/shared/time-left.ts";
import { HttpCluster, type Connection } from "../../../functions/shared/cluster/http-cluster.ts";
import type { ExecutionOptions } from "../../../local/engine/engine.ts";
import { deedOf } from "../../../statemachines/by-name.ts";
import type { FaultPlan, PlannedRequest } from "../proxy/plan.ts";
import { secondsOf, type EndpointTrial } from "./trial.ts";

/** A call of a function, and how long it took. */
export interface TimedCall {
  state: string;
  milliseconds: number;
}

/** A step that only reads falls silent later at this request of it: the fewest that a step makes are two. */
const LATER = 2;

/** Makes an endpoint fall silent as a trial says, and gives each step the time that it has. One workload at a time. */
export class Silence {
  /** In the order in which they ended. */
  readonly calls: TimedCall[] = [];
  /** Whether it came to the moment of the trial. */
  begun = false;
  readonly #trial: EndpointTrial;
  readonly #deadEnd: Connection | undefined;
  #requests = 0;
  #state = "";

  /** @param deadEnd where connections go meanwhile, for a trial of that kind */
  constructor(trial: EndpointTrial, deadEnd: Connection | undefined) {
    this.#trial = trial;
    this.#deadEnd = deadEnd;
  }

  /** For `ExecutionOptions`: a step gives up in time, as a deployed function does. */
  readonly call: NonNullable<ExecutionOptions["call"]> = async ({ state, environment }, handle) => {
    this.#state = state;
    this.#requests = 0;
    const began = performance.now();
    const nowhere = this.#leadsNowhere() ? this.#deadEnd : undefined;
    const there: typeof environment =
      nowhere === undefined
        ? environment
        : { ...environment, connect: () => Promise.resolve(new HttpCluster(nowhere)) };
    try {
      return await within(secondsOf(state, this.#trial) * 1_000, () => handle(there));
    } finally {
      this.calls.push({ state, milliseconds: performance.now() - began });
    }
  };

  /** For the proxy. */
  readonly plan: FaultPlan = (request) => {
    const { trouble, lasts } = this.#trial;
    if (trouble.kind !== "request") return undefined;
    this.#requests++;
    if (this.begun) return lasts === "for good" ? trouble.silence : undefined;
    this.begun = this.#isDue() && (trouble.at === "first" || this.#isLater(request));
    return this.begun ? trouble.silence : undefined;
  };

  #leadsNowhere(): boolean {
    if (this.#deadEnd === undefined) return false;
    if (this.begun) return this.#trial.lasts === "for good";
    this.begun = this.#isDue();
    return this.begun;
  }

  #isDue(): boolean {
    return deedOf(this.#state) === this.#trial.during;
  }

  #isLater({ method, path }: PlannedRequest): boolean {
    return this.#requests === LATER || (method !== "GET" && !path.includes("dryRun=All"));
  }
}
