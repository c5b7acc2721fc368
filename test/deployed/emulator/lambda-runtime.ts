import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Runs a Node.js function as Lambda does: it loads the handler, takes one event after the other from the Runtime API, and
 * answers with the result, or with the error's name, message and stack.
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"
 */

type Handler = (event: unknown, context: Record<string, unknown>) => unknown;

/** A header's prefix, as the Runtime API writes it. */
const HEADER = "lambda-runtime-";

const api = `http://${variable("AWS_LAMBDA_RUNTIME_API")}/2018-06-01/runtime`;

noteCredentials();

const handler = await loadHandler().catch(async (error: unknown) => {
  await post("init/error", describe(error));
  process.exit(1);
});

// Ends when the emulator is gone, or says that this environment is.
for (;;) {
  const next = await fetch(`${api}/invocation/next`).catch(() => process.exit(0));
  if (!next.ok) process.exit(0);
  const header = (name: string) => next.headers.get(`${HEADER}${name}`) ?? "";
  const requestId = header("aws-request-id");
  const deadline = Number(header("deadline-ms"));
  const traceId = header("trace-id");
  if (traceId === "") delete process.env["_X_AMZN_TRACE_ID"];
  else process.env["_X_AMZN_TRACE_ID"] = traceId;
  const context = {
    awsRequestId: requestId,
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    invokedFunctionArn: header("invoked-function-arn"),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const result = await handler(await next.json(), context);
    await post(`invocation/${requestId}/response`, result ?? null);
  } catch (error) {
    console.error(error);
    await post(`invocation/${requestId}/error`, describe(error));
  }
}

async function loadHandler(): Promise<Handler> {
  const [file = "", name = ""] = variable("_HANDLER").split(".");
  const stem = join(variable("LAMBDA_TASK_ROOT"), file);
  const path = existsSync(`${stem}.mjs`) ? `${stem}.mjs` : `${stem}.js`;
  const module = (await import(pathToFileURL(path).href)) as Record<string, Handler | undefined>;
  const found = module[name];
  if (found === undefined) throw new Error(`${path} exports no ${name}.`);
  return found;
}

function describe(error: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

/** Writes the function's keys down for tests that make sure that nobody is shown them. */
function noteCredentials(): void {
  const {
    EMULATOR_CREDENTIALS_FILE: file,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ accessKeyId, secretAccessKey, sessionToken })}\n`);
}

async function post(path: string, body: unknown): Promise<void> {
  await fetch(`${api}/${path}`, { method: "POST", body: JSON.stringify(body) }).catch(() => process.exit(0));
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}
