import { AsyncLocalStorage } from "node:async_hooks";

const sessions = new AsyncLocalStorage<string>();

/** How long a session's name may be. Source: the AWS STS API reference, AssumeRole */
const MAX_SESSION = 64;

/**
 * Does work in the name of an execution: other accounts read it in the trail of what was done there.
 * @param execution its name; undefined for work that serves many
 */
export async function inSession<T>(execution: string | undefined, work: () => Promise<T>): Promise<T> {
  return execution === undefined ? await work() : await sessions.run(execution, work);
}

/** The name of the present session, as STS takes it: the execution's, or that of the function. */
export function sessionName(): string {
  const name = sessions.getStore() ?? process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? "eks-remediation";
  return name
    .replace(/[^\w+=,.@-]/g, "-")
    .slice(0, MAX_SESSION)
    .padEnd(2, "-");
}
