import { Agent, get } from "node:https";
import { createGunzip } from "node:zlib";
import type { BenchConnection } from "./connection.ts";

/** Asks for the printed rows of a collection, and for nothing else of it. */
export function tableRows({ server, ca, token, compressed }: BenchConnection) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca });
  const headers = {
    accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
    "accept-encoding": compressed ? "gzip" : "identity",
    authorization: `Bearer ${token}`,
  };
  return async (path: string): Promise<string[][]> => {
    const body = await new Promise<string>((resolve, reject) => {
      const url = `${server}${path}?resourceVersion=0&includeObject=None`;
      get(url, { agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        const text = response.headers["content-encoding"] === "gzip" ? response.pipe(createGunzip()) : response;
        text.on("data", (chunk: Buffer) => chunks.push(chunk));
        text.on("end", () => {
          resolve(Buffer.concat(chunks).toString("utf8"));
        });
      }).on("error", reject);
    });
    return ((JSON.parse(body) as { rows?: { cells: string[] }[] }).rows ?? []).map(({ cells }) => cells);
  };
}

/** Whether a script would take the pod of this row for failing. */
export function looksBad([, ready = "", status = ""]: string[]): boolean {
  const [have, want] = ready.split("/");
  return status !== "Completed" && (status !== "Running" || have !== want);
}
