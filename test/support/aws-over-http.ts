import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { vi } from "vitest";

/** The answer to one call. */
export interface AwsAnswer {
  /** 200 where nothing is said. */
  status?: number;
  body: object;
}

/**
 * Stands in for AWS, for clients that speak its JSON protocol: the environment names its address, and credentials of nobody.
 * @param answer what it answers to a call, by its operation
 * @returns what ends it, and takes the environment and the modules that have read it back
 */
export async function startAws(
  answer: (operation: string, input: Record<string, unknown>) => AwsAnswer,
): Promise<() => void> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      const input = JSON.parse(Buffer.concat(parts).toString("utf8")) as Record<string, unknown>;
      const { status = 200, body } = answer(operation, input);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
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
