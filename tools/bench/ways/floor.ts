import { Agent, get } from "node:https";
import { createGunzip } from "node:zlib";
import { keyOf } from "../population/truth.ts";
import { readConnection, report } from "./connection.ts";

// The floor: the bare Table requests for pods, one a namespace, eight at a time, and a glance at the rows.
const { server, ca, token, compressed } = readConnection();
const agent = new Agent({ keepAlive: true, maxSockets: 8, ca });
const headers = {
  accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
  "accept-encoding": compressed ? "gzip" : "identity",
  authorization: `Bearer ${token}`,
};

async function rows(path: string): Promise<{ cells: string[] }[]> {
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
  return (JSON.parse(body) as { rows?: { cells: string[] }[] }).rows ?? [];
}

const namespaces = (await rows("/api/v1/namespaces")).map(({ cells }) => cells[0] ?? "");
let next = 0;
const told: string[] = [];
await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (next < namespaces.length) {
      const namespace = namespaces[next++] ?? "";
      for (const { cells } of await rows(`/api/v1/namespaces/${namespace}/pods`)) {
        const [name = "", ready = "", status = ""] = cells;
        const [have, want] = ready.split("/");
        if (status !== "Completed" && (status !== "Running" || have !== want))
          told.push(keyOf({ kind: "Pod", namespace, name }));
      }
    }
  }),
);
report(told);
