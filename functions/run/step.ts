import * as z from "zod";
import type { Cluster } from "../shared/cluster/cluster.ts";
import { withTools, type Tools } from "../kinds/switched.ts";
import { isRemediationError, RemediationError } from "../shared/errors.ts";
import type { Measurement } from "./measurement.ts";
import type { Policy } from "../shared/policy.ts";
import type { SettingsHere } from "../shared/settings-here.ts";
import { describeIssues } from "../shared/validation.ts";

/** What every step may use beyond its input. In AWS it comes from the function's environment, on one machine from the command line. */
export interface Environment {
  /** Connects to the cluster of that name. @throws RemediationError `ClusterNotFound`, `ClusterUnreachable`, `Unauthorized` */
  connect(clusterName: string): Promise<Cluster>;
  /**
   * The name by which all steps after the first know a cluster; absent where that is the one that was asked for.
   * @throws RemediationError `ClusterNotFound`, `InvalidRequest` where several have the name, `FleetUnreadable`
   */
  knownAs?(clusterName: string): Promise<string>;
  /** The policy as it is deployed. @throws RemediationError `InvalidPolicy` */
  policy(): Policy;
  /**
   * What is set at run time for a cluster, a few seconds old at most; absent where nothing can be. Never fails: that it cannot be
   * used is part of the answer.
   */
  settings?(clusterName: string): Promise<SettingsHere | undefined>;
  now(): Date;
  /** Adds to the metrics of that cluster. Never fails: nothing hangs on it. */
  measure(clusterName: string, measurements: readonly Measurement[]): void;
}

/** A step of the workflow: given an environment, a Lambda handler. */
export type Step<Within = Environment> = (environment: Within) => (event: unknown) => Promise<unknown>;

/**
 * Makes a step that refuses an input that breaks its contract before anything is touched, and an output that does,
 * before the next step sees it. Whatever the step throws has a name.
 * @throws RemediationError `StepFailed` for an error that has none: what was read is not what any API server says, or the
 *   step has a fault
 */
export function step<
  Input,
  Output extends z.ZodType,
  Within extends Partial<Pick<Environment, "policy">> = Environment,
>(
  parse: (event: unknown) => Input,
  output: Output,
  run: (input: Input, environment: Within) => Promise<z.output<Output>>,
): (environment: Within) => (event: unknown) => Promise<z.output<Output>> {
  return (environment) => async (event) => {
    const input = parse(event);
    const work = () => run(input, environment).catch(failed);
    const result = output.safeParse(await withTools(() => toolsOf(environment), work));
    if (!result.success) {
      throw new RemediationError("InvalidStepOutput", `The step broke its contract: ${describeIssues(result.error)}`);
    }
    return result.data;
  };
}

/** The tools whose kinds the policy switches on; none where there is no policy to read, which the step itself finds. */
function toolsOf(environment: Partial<Pick<Environment, "policy">>): Tools | undefined {
  try {
    return environment.policy?.().owners;
  } catch {
    return undefined;
  }
}

function failed(error: unknown): never {
  if (isRemediationError(error)) throw error;
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  throw new RemediationError("StepFailed", `The step met something that it was not made for (${said}).`, {
    cause: error,
  });
}

/** Checks the payload that one step hands to the next. @throws RemediationError `InvalidStepInput` */
export function contract<Schema extends z.ZodType>(schema: Schema): (event: unknown) => z.output<Schema> {
  return (event) => {
    const parsed = schema.safeParse(event);
    if (!parsed.success) {
      throw new RemediationError(
        "InvalidStepInput",
        `The payload does not match this step's contract: ${describeIssues(parsed.error)}`,
      );
    }
    return parsed.data;
  };
}
