import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the services with a JSON protocol answer, by the operation that is called. */
const ANSWERS: Readonly<Record<string, { status: number; body: object }>> = {
  "AmazonSSM.GetParameter": { status: 400, body: { __type: "ParameterNotFound", message: "It is not set." } },
  "DynamoDB_20120810.PutItem": { status: 200, body: {} },
};
const UNKNOWN = { status: 400, body: { __type: "UnknownOperationException", message: "Nobody answers that here." } };

/**
 * What the functions need of AWS, on loopback: where a cluster is, settings that nobody made, a table that keeps records,
 * and somebody who takes notifications.
 */
export class AwsStandIn {
  /** What was published or put on record, as it came. */
  readonly taken: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * @param cluster where the cluster answers, and its CA certificate
   * @param refusing whether every call is refused, with the headers of the call in the answer
   */
  static async start(cluster: { endpoint: string; ca: string }, refusing: boolean): Promise<AwsStandIn> {
    const server = createServer();
    const standIn = new AwsStandIn(server);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const target = request.headers["x-amz-target"];
        if (refusing) {
          const message = `No: ${JSON.stringify(request.headers)}`;
          response.writeHead(403, { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" });
          response.end(JSON.stringify({ __type: "AccessDeniedException", message, Message: message }));
        } else if (request.method === "GET") {
          const certificateAuthority = { data: Buffer.from(cluster.ca).toString("base64") };
          response.writeHead(200, { "content-type": "application/json" });
          response.end(
            JSON.stringify({
              cluster: { name: "prod", status: "ACTIVE", endpoint: cluster.endpoint, certificateAuthority },
            }),
          );
        } else if (typeof target === "string") {
          standIn.taken.push(Buffer.concat(chunks).toString("utf8"));
          const { status, body } = ANSWERS[target] ?? UNKNOWN;
          response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
          response.end(JSON.stringify(body));
        } else {
          standIn.taken.push(decodeURIComponent(Buffer.concat(chunks).toString("utf8").replaceAll("+", " ")));
          response.writeHead(200, { "content-type": "text/xml" });
          response.end(
            '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
          );
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}
