import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { vi } from "vitest";

/** The answer to one call. */
export interface AwsAnswer {
  /** 200 where nothing is said. */
  status?: number;
  /** Text is sent as XML. */
  body: object | string;
}

/**
 * Stands in for AWS: the environment names its address, and credentials of nobody.
 * @param answer what it answers to a call, by its operation; of a service that speaks REST, that is the method and the path
 * @returns what ends it, and takes the environment and the modules that have read it back
 */
export async function startAws(
  answer: (operation: string, input: Record<string, unknown>) => AwsAnswer,
): Promise<() => void> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { operation, input } = callIn(request, Buffer.concat(parts).toString("utf8"));
      const { status = 200, body } = answer(operation, input);
      if (typeof body === "string") response.writeHead(status, { "content-type": "text/xml" }).end(body);
      else response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "example");
  return () => {
    vi.unstubAllEnvs();
    vi.resetModules();
    server.closeAllConnections();
    server.close();
  };
}

/** A call in one of the protocols of AWS: JSON, a form, or REST. */
function callIn({ headers, method = "", url = "" }: IncomingMessage, body: string) {
  const target = headers["x-amz-target"];
  if (target !== undefined)
    return { operation: String(target).split(".").at(-1) ?? "", input: JSON.parse(body) as Record<string, unknown> };
  const form = new URLSearchParams(body);
  const action = form.get("Action");
  if (action !== null) return { operation: action, input: Object.fromEntries(form) };
  const { pathname, searchParams } = new URL(url, "http://aws");
  return { operation: `${method} ${decodeURIComponent(pathname)}`, input: Object.fromEntries(searchParams) };
}
