import type { ExecutionOptions } from "../../local/engine/engine.ts";
import { gatedEnvironment, type Operation } from "./operations.ts";

/** A moment of an execution: before one operation of one call of a function, or when it is about to answer. */
export interface Point {
  /** The state that calls it. */
  state: string;
  /** Which call by that state, from 1. */
  call: number;
  /** How many operations it has begun before. */
  after: number;
}

/** A moment as it comes. */
export interface Moment extends Point {
  /** What comes next; undefined when that is the answer. */
  next: Operation | undefined;
  /** Ends the function where it is: it does nothing any more, and its state gets this error. */
  die: (name: string) => Promise<never>;
  /**
   * Gives the function up, though it is still running, by an error that its state gets. It goes on when the next call of
   * any state has all but answered, and that answer waits until it is done.
   */
  straggle: () => Promise<void>;
}

/** What is done at a moment, before the execution goes on. */
export type Interruption = (moment: Moment) => Promise<void> | undefined;

/** One call of a function, as it went. */
export interface Call {
  state: string;
  /** Which call by that state, from 1. */
  call: number;
  /** In the order in which they were begun; one that an interruption kept from happening is not `sent`. */
  operations: (Operation & { sent: boolean })[];
  /** Whether its state got its answer. */
  answered: boolean;
}

/** A function that was given up while it ran, as its state learns it. */
const GIVEN_UP = "Lambda.SdkClientException";

/** A promise that never settles: what waits for it has ended. */
const NEVER = new Promise<never>(() => undefined);

/** Watches every call of a function, operation by operation, and lets somebody step in at any moment. */
export class Calls {
  /** In the order in which they began. */
  readonly calls: Call[] = [];
  readonly #interrupt: Interruption;
  #straggler: { thaw: () => void; done: Promise<unknown> } | undefined;

  constructor(interrupt: Interruption = () => undefined) {
    this.#interrupt = interrupt;
  }

  /** For `ExecutionOptions`. */
  readonly call: NonNullable<ExecutionOptions["call"]> = async ({ state, environment }, handle) => {
    const number = this.calls.filter((call) => call.state === state).length + 1;
    const call: Call = { state, call: number, operations: [], answered: false };
    this.calls.push(call);
    const lost = Promise.withResolvers<never>();
    let dead = false;
    const pass = async (next: Operation | undefined) => {
      if (dead) await NEVER;
      const after = call.operations.length;
      const operation = next === undefined ? undefined : { ...next, sent: false };
      if (operation !== undefined) call.operations.push(operation);
      await this.#interrupt({
        state,
        call: number,
        after,
        next,
        die: async (name) => {
          dead = true;
          lost.reject(crashOf(name));
          return await NEVER;
        },
        straggle: async () => {
          const thawed = Promise.withResolvers<undefined>();
          this.#straggler = {
            thaw: () => {
              thawed.resolve(undefined);
            },
            done: running.catch(() => undefined),
          };
          lost.reject(crashOf(GIVEN_UP));
          await thawed.promise;
        },
      });
      if (operation !== undefined) operation.sent = true;
    };
    const run = async () => {
      const answer = await handle(gatedEnvironment(environment, pass));
      await pass(undefined);
      return answer;
    };
    const running = Promise.resolve().then(run);
    const answer = await Promise.race([running, lost.promise]);
    call.answered = true;
    await this.#letStragglerFinish();
    return answer;
  };

  async #letStragglerFinish(): Promise<void> {
    const straggler = this.#straggler;
    this.#straggler = undefined;
    straggler?.thaw();
    await straggler?.done;
  }
}

/** An error as Lambda reports a function that ended without an answer. */
function crashOf(name: string): Error {
  return Object.assign(new Error("The function ended without an answer."), { name });
}

/** `Roll back, call 1, before PATCH deployments`. */
export function describePoint({ state, call, after }: Point, calls: readonly Call[]): string {
  const known = calls.find((each) => each.state === state && each.call === call);
  const next = known?.operations[after];
  const where = next === undefined ? "before its answer" : `before operation ${after + 1} (${next.kind} ${next.what})`;
  return `${state}, call ${call}, ${where}`;
}

/** Whether a moment is that point. */
export function isAt(point: Point, moment: Point): boolean {
  return moment.state === point.state && moment.call === point.call && moment.after === point.after;
}

/** Whether a function has changed anything, or told anybody, before that point of its call. */
export function hasEffectBefore(point: Pick<Point, "after">, call: Call): boolean {
  return call.operations.slice(0, point.after).some(({ kind }) => kind !== "read");
}

/** The points of a call that differ for the world: before it does anything, and after each of its effects. */
export function pointsOf(call: Call): Point[] {
  const { state, call: number, operations } = call;
  const afterEffects = operations.flatMap(({ kind }, index) => (kind === "read" ? [] : [index + 1]));
  return [...new Set([0, ...afterEffects, operations.length])]
    .sort((a, b) => a - b)
    .map((after) => ({ state, call: number, after }));
}
