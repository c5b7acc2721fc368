import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** As much of the Systems Manager API as parameters take, on this machine. What it does is as AWS documents it. */
export interface ParameterStore {
  url: string;
  values: Map<string, string>;
  /** Answers everything with this error until it is undefined again. */
  failing: string | undefined;
  stop: () => Promise<void>;
}

interface Request {
  Names?: string[];
  Name?: string;
  Value?: string;
}

/** Starts a store without parameters. */
export async function startParameterStore(): Promise<ParameterStore> {
  const values = new Map<string, string>();
  const server = createServer((request, response) => {
    const target = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    void text(request).then((body) => {
      response.setHeader("content-type", "application/x-amz-json-1.1");
      // Another service, which is asked who this is.
      if (target === "") {
        response.writeHead(403).end();
        return;
      }
      if (store.failing !== undefined) {
        response.writeHead(400).end(JSON.stringify({ __type: store.failing, message: "It was said." }));
        return;
      }
      const { Names = [], Name = "", Value = "" } = JSON.parse(body || "{}") as Request;
      if (target === "PutParameter") values.set(Name, Value);
      if (target === "GetParameter" && !values.has(Name)) {
        response.writeHead(400).end(JSON.stringify({ __type: "ParameterNotFound" }));
        return;
      }
      const found = Names.filter((name) => values.has(name));
      const Parameters = found.map((name) => ({ Name: name, Value: values.get(name) }));
      const answer =
        target === "PutParameter"
          ? { Version: 1 }
          : target === "GetParameter"
            ? { Parameter: { Name, Value: values.get(Name) } }
            : { Parameters, InvalidParameters: Names.filter((name) => !values.has(name)) };
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const store: ParameterStore = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    values,
    failing: undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return store;
}
