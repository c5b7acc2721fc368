import { inspect } from "node:util";
import type { Handler } from "../../functions/lambda/lambda.ts";
import type { Detection } from "../../functions/run/detection.ts";
import { Action } from "../../functions/shared/policy.ts";

/**
 * Runs the functions as Lambda does, one after the other, in a process of their own: the handlers that are deployed, with
 * the environment that they have there. What they answer, and how they fail, goes to standard output like their logs.
 * The request is the first argument.
 */

const context = {
  functionName: "remediation",
  functionVersion: "1",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:remediation",
  memoryLimitInMB: "256",
  awsRequestId: "call-1",
  getRemainingTimeInMillis: () => 60_000,
};
const execution = { id: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1", name: "run-1" };

async function call(name: string, event: unknown): Promise<unknown> {
  // All remedies have one handler, and a function's environment names the one that is its own.
  const isRemedy = Action.safeParse(name).success;
  if (isRemedy) process.env["REMEDY"] = name;
  const { handler } = (await import(`../../functions/${isRemedy ? "remedies" : name}/handler.ts`)) as {
    handler: Handler;
  };
  try {
    const answer = await handler(event, context);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return answer;
  } catch (error) {
    // As Lambda's runtime logs it, and as it hands it on.
    process.stdout.write(`${inspect(error, { depth: 20, showHidden: true })}\n`);
    const { name: errorType, message: errorMessage, stack } = error as Error;
    return { Error: errorType, Cause: JSON.stringify({ errorType, errorMessage, trace: stack?.split("\n") }) };
  }
}

const request = JSON.parse(process.argv[2] ?? "{}") as { cluster_name: string; dry_run?: boolean };
const found = await call("detect", request);
if (typeof found === "object" && found !== null && "Error" in found) {
  await call("notify", { about: "failure", request, error: found, execution });
} else {
  for (const incident of (found as Detection).incidents) {
    const run: Record<string, unknown> = {
      cluster_name: request.cluster_name,
      dry_run: request.dry_run ?? false,
      execution,
      incident,
    };
    const steps: [field: string, name: string, event: () => unknown][] = [
      ["claim", "claim", () => ({ operation: "acquire", run })],
      ["diagnosis", "classify", () => run],
      ["remedy", "rollback", () => ({ operation: "apply", run })],
      ["verification", "verify", () => ({ operation: "remedy", run })],
    ];
    for (const [field, name, event] of steps) {
      const answer = await call(name, event());
      if (typeof answer === "object" && answer !== null && "Error" in answer) {
        run["error"] = answer;
        break;
      }
      run[field] = answer;
    }
    await call("notify", { about: "workload", run });
    await call("claim", { operation: "release", run });
  }
}
await call("agent", { ...request, action: "detect_failures" });
