import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SignatureV4 } from "@smithy/signature-v4";
import { Sha256 } from "../../functions/lambda/sha256.ts";
import { PLACE } from "./emulator/emulator.ts";

/** A request to the address of a function. */
interface Asked {
  method: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | undefined;
}

/** What the function answered. */
export interface Answered {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
}

/** Sends a request to the address of a function, which the emulator knows by its host, as it is. */
export async function send(url: string, { method, headers = {}, body }: Asked): Promise<Answered> {
  const { host, pathname: path } = new URL(url);
  const { hostname, port } = new URL(process.env["AWS_ENDPOINT_URL"] ?? "");
  return await new Promise((answered, failed) => {
    const sent = request({ hostname, port, path, method, headers: { ...headers, host } }, (response) => {
      textOf(response).then((text) => {
        answered({ status: response.statusCode ?? 0, headers: response.headers, text });
      }, failed);
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

/** Opens an address without any credentials, as a browser does; with fields, sends the page's form. */
export async function browse(url: string, fields?: Record<string, string>): Promise<Answered> {
  if (fields === undefined) return await send(url, { method: "GET" });
  const headers = { "content-type": "application/x-www-form-urlencoded", origin: `https://${new URL(url).host}` };
  return await send(url, { method: "POST", headers, body: new URLSearchParams(fields).toString() });
}

/** What signs for a client that cannot: everything that it is sent goes to the address of a function as the account's root. */
export class SigningProxy {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  static async start(url: string): Promise<SigningProxy> {
    const server = createServer((incoming, outgoing) => {
      textOf(incoming)
        .then((body) => sendSigned(url, { method: incoming.method ?? "", headers: told(incoming), body }))
        .then(
          ({ status, headers, text }) => outgoing.writeHead(status, told({ headers })).end(text),
          (error: unknown) => outgoing.writeHead(502).end(String(error)),
        );
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new SigningProxy(server);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function sendSigned(url: string, { method, headers = {}, body = "" }: Asked): Promise<Answered> {
  const { host, hostname, pathname: path } = new URL(url);
  const credentials = {
    accessKeyId: process.env["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: process.env["AWS_SECRET_ACCESS_KEY"] ?? "",
  };
  const signer = new SignatureV4({ service: "lambda", region: PLACE.region, credentials, sha256: Sha256 });
  const signed = await signer.sign({
    ...{ method, protocol: "https:", hostname, path, query: {} },
    headers: { ...headers, host },
    body,
  });
  return await send(url, { method, headers: signed.headers, body });
}

/** The headers but for those of the connection. */
function told({ headers }: Pick<IncomingMessage, "headers">): Record<string, string> {
  const ofConnection = ["connection", "content-length", "host", "keep-alive", "transfer-encoding"];
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || ofConnection.includes(name) ? [] : [[name, String(value)]],
    ),
  );
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
