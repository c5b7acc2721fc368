import { isDeepStrictEqual } from "node:util";
import type { ExecutionState, StartedOnce } from "../../functions/executions/start.ts";

const EXECUTIONS = "arn:aws:states:eu-west-1:123456789012:execution:remediation:";

/**
 * A state machine that starts each name once: the same input is answered with the execution that runs; another input, and an
 * execution that has ended, is there already.
 * Source: the Step Functions API reference, StartExecution
 */
export class StateMachine {
  readonly executions = new Map<string, { input: object; state: ExecutionState }>();
  /** The ARNs of the executions that were looked at. */
  readonly looks: string[] = [];

  start = (name: string, input: object): Promise<StartedOnce> => {
    const executionArn = `${EXECUTIONS}${name}`;
    const execution = this.executions.get(name) ?? { input, state: { status: "running" } };
    this.executions.set(name, execution);
    const isSame = execution.state.status === "running" && isDeepStrictEqual(execution.input, input);
    return Promise.resolve({ executionArn, isAlready: !isSame });
  };

  describe = (executionArn: string): Promise<ExecutionState> => {
    this.looks.push(executionArn);
    const { input, state } = this.executions.get(executionArn.slice(EXECUTIONS.length)) ?? {};
    if (state === undefined) return Promise.reject(new Error(`There is no ${executionArn}.`));
    return Promise.resolve({ ...state, input });
  };

  /** Ends every execution that runs. */
  end(state: ExecutionState): void {
    for (const execution of this.executions.values()) if (execution.state.status === "running") execution.state = state;
  }
}
