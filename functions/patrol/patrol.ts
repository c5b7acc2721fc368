import * as z from "zod";
import type { PresentRun } from "../executions/runs.ts";
import type { StartedOnce } from "../executions/start.ts";
import type { Detection } from "../run/detection.ts";
import type { Measurement } from "../run/measurement.ts";
import { policyFor } from "../run/policy-for.ts";
import { ScanRequest } from "../run/request.ts";
import { contract, step, type Environment } from "../run/step.ts";
import { lookAround } from "../scan/look-around.ts";
import { nameOfError } from "../shared/errors.ts";
import type { Policy } from "../shared/policy.ts";
import { signOf } from "../shared/signs.ts";
import { within } from "../shared/time-left.ts";
import type { Allowed, KeptLook } from "../shared/looks.ts";
import { allowedAtMost } from "./look.ts";

/** What the schedule sends: what to look at, and a name for this time. The same name comes twice where it is sent twice. */
export const PatrolInput = z.strictObject({ ...ScanRequest.shape, id: z.string().regex(/^[\w-]{1,60}$/) });

/** Why the workflow is started, or what was seen where it is not. */
const PatrolAnswer = z.strictObject({
  status: z.enum(["healthy", "resting", "failing", "storm", "storm over", "look failed", "works again", "past unread"]),
  /** The execution that was started; null where there is nothing for it to do. */
  execution: z.string().nullable(),
  /** The name of the error where what was seen could not be kept. */
  record_error: z.string().optional(),
});
type Status = z.output<typeof PatrolAnswer>["status"];

/** What a patrol may use beyond the environment of every step. */
export interface PatrolEnvironment extends Environment {
  /** How long the look may take, in milliseconds: afterwards there is time left to start the workflow. */
  lookMs(): number;
  /** What a run is called that would be started under that name. */
  runOf(name: string, request: ScanRequest): PresentRun;
  /** Whether a run that begins now would be the first to show that scheduled runs work again. @throws what AWS answers */
  isFirstToWork(present: PresentRun, policy: Policy, now: Date): Promise<boolean>;
  /** Starts the workflow once for each name. @throws RemediationError `WorkflowNotStarted` */
  start(name: string, request: ScanRequest): Promise<StartedOnce>;
  /** Keeps what was seen, for those who ask how their clusters are. @throws what keeping it met */
  keep(look: KeptLook): Promise<void>;
}

/** What was seen, and what there is to measure of it where nobody looks again. */
interface Look {
  status: Status;
  measurements: readonly Measurement[];
  seen: Pick<KeptLook, "failing_pods" | "resting" | "unseen" | "allowed" | "signs">;
}

/**
 * Looks whether there is something for the workflow to do or to tell, and starts it only then, with the schedule's own request:
 * it looks again and decides everything by itself. Where that cannot be known, it is started: it ends by the same error, and
 * tells that as it tells every failed run.
 * @throws RemediationError `InvalidStepInput`, `WorkflowNotStarted`
 */
export const patrol = step(
  contract(PatrolInput),
  PatrolAnswer,
  async ({ id, ...request }, environment: PatrolEnvironment) => {
    const name = `schedule-${id}`;
    const { status, measurements, seen } = await look(request, environment.runOf(name, request), environment);
    const kept = { cluster_name: request.cluster_name, at: environment.now().toISOString(), status, ...seen };
    const isQuiet = status === "healthy" || status === "resting";
    if (isQuiet) environment.measure(request.cluster_name, measurements);
    const execution = isQuiet ? null : (await environment.start(name, request)).executionArn;
    return { status, execution, ...(await keep(kept, environment)) };
  },
);

/** Nothing depends on it: where it is not kept, the one before grows older. */
async function keep(look: KeptLook, environment: PatrolEnvironment): Promise<{ record_error?: string }> {
  try {
    await environment.keep(look);
    return {};
  } catch (error) {
    return { record_error: nameOfError(error) };
  }
}

async function look(request: ScanRequest, present: PresentRun, environment: PatrolEnvironment): Promise<Look> {
  const now = environment.now();
  let allowed: Allowed | undefined;
  try {
    const policy = await policyFor(environment, request.cluster_name);
    allowed = allowedAtMost(policy);
    const { detection, measurements } = await within(environment.lookMs(), async () =>
      lookAround(await environment.connect(request.cluster_name), request, policy, now),
    );
    const { failing_pods, resting, unseen, signs } = detection;
    const seen = { failing_pods, resting: resting.count, unseen: unseen.length, allowed, signs };
    const status = statusOf(detection);
    if (status !== "healthy" && status !== "resting") return { status, measurements, seen };
    return { status: (await pastOf(present, policy, now, environment)) ?? status, measurements, seen };
  } catch (error) {
    // The workflow looks again. What it meets then, it names and tells.
    const signs = [signOf("error", nameOfError(error))];
    return { status: "look failed", measurements: [], seen: { allowed, signs } };
  }
}

/** What the workflow would go on with after that look; it ends after `healthy` and `resting`. */
function statusOf({ status, storm_over: over }: Detection): Status {
  return over === undefined ? status : "storm over";
}

/** What there is to tell of the runs before; undefined where there is nothing. */
async function pastOf(
  present: PresentRun,
  policy: Policy,
  now: Date,
  environment: PatrolEnvironment,
): Promise<Status | undefined> {
  try {
    return (await environment.isFirstToWork(present, policy, now)) ? "works again" : undefined;
  } catch {
    return "past unread";
  }
}
