import { setTimeout as sleep } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { discoveredOf, keptDiscovered } from "../lambda/discovered.ts";
import { clustersOf, hubOf } from "../lambda/fleet.ts";
import { lastKnownGood } from "../lambda/last-known-good.ts";
import { observed } from "../lambda/lambda.ts";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { RemediationError } from "../shared/errors.ts";
import { rounds } from "./rounds.ts";

const client = new LambdaClient(CLIENT_OPTIONS);
/** A table that does not answer takes no cluster away. */
const kept = lastKnownGood(keptDiscovered, 15);

/** Has the clusters of the hub looked at by the function in `PATROL_FUNCTION`, each by an invocation of its own. */
export const handler = observed((event) =>
  rounds(event, {
    async clusters() {
      const hub = hubOf();
      return hub === undefined ? [] : await clustersOf(hub);
    },
    async discovered() {
      const hub = hubOf();
      return hub === undefined ? [] : await discoveredOf(hub, kept);
    },
    async look(input) {
      try {
        await client.send(
          new InvokeCommand({
            FunctionName: process.env["PATROL_FUNCTION"] ?? "",
            InvocationType: "Event",
            Payload: JSON.stringify(input),
          }),
          inTime(),
        );
      } catch (error) {
        const { message, cause } = refusalOf(error);
        throw new RemediationError("WorkflowNotStarted", `The look could not be asked for: ${message}`, { cause });
      }
    },
    nextSecond: secondsApart(),
  }),
);

function secondsApart(): () => Promise<void> {
  let next = -Infinity;
  return async () => {
    await sleep(Math.max(0, next - performance.now()));
    next = performance.now() + 1_000;
  };
}
