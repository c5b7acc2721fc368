import * as z from "zod";
import { awsEnvironment } from "../shared/aws/environment.ts";
import { CaughtError, Detection, ExecutionRef, Report, WorkloadRun } from "../shared/contracts.ts";
import { recordOutcome } from "../shared/kubernetes/event.ts";
import { contract, step } from "../shared/step.ts";
import { errorText } from "./caught-error.ts";
import { failureMessage, stormMessage, workloadMessage } from "./message.ts";
import { isRemembered, isWorthTelling, outcomeOf } from "./outcome.ts";

const NotifyInput = z.discriminatedUnion("about", [
  z.strictObject({ about: z.literal("workload"), run: WorkloadRun }),
  z.strictObject({ about: z.literal("storm"), detection: Detection, execution: ExecutionRef }),
  z.strictObject({
    about: z.literal("failure"),
    /** The execution's input as it came, which may be anything. */
    request: z.unknown(),
    error: CaughtError,
    execution: ExecutionRef,
  }),
]);

/** Decides the outcome, shows it on the workload, and tells everyone who subscribed. */
export const notify = step(contract(NotifyInput), Report, async (input, environment) => {
  switch (input.about) {
    case "workload": {
      const report = outcomeOf(input.run);
      // First, because it cannot fail: where nobody can be told, it is what is left to find.
      if (isRemembered(input.run, report)) await recordOutcome(environment, input.run, report);
      if (isWorthTelling(input.run, report)) await environment.publish(workloadMessage(input.run, report));
      return report;
    }
    case "storm": {
      const message = stormMessage(input.detection, input.execution.id);
      await environment.publish(message);
      return message.report;
    }
    case "failure": {
      const error = { name: input.error.Error, text: errorText(input.error) };
      const message = failureMessage(error, clusterNameOf(input.request), input.execution.id);
      await environment.publish(message);
      return message.report;
    }
  }
});

export const handler = notify(awsEnvironment);

/** The cluster that an unchecked request names, for the message only. */
function clusterNameOf(request: unknown): string {
  const name =
    typeof request === "object" && request !== null ? (request as { cluster_name?: unknown }).cluster_name : "";
  return typeof name === "string" && /^[\w-]{1,100}$/.test(name) ? name : "(not named)";
}
