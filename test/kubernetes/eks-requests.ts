import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import type { Server } from "../../local/cluster/authenticator.ts";

export interface Answer {
  status: number;
  body: string;
}

/** Sends one request, a POST if there is a body, with exactly the headers that are given. */
export async function send(url: string, options: https.RequestOptions = {}, body?: unknown): Promise<Answer> {
  const { request } = url.startsWith("https:") ? https : http;
  return await new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = request(url, { method, agent: false, ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: text });
      });
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The status of a TokenReview. */
export interface Review {
  authenticated?: boolean;
  error?: string;
  user: { username?: string; groups?: string[] };
}

/** What a webhook answers to an API server that was shown the token. */
export async function review(token: string, { url }: Server): Promise<Review> {
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token } };
  const answer = await send(`${url}/authenticate`, {}, body);
  if (answer.status !== 200) throw new Error(`The webhook answered ${answer.status}: ${answer.body}`);
  return (JSON.parse(answer.body) as { status: Review }).status;
}

/** Serves JSON at each path of an AWS API, to requests that are signed for the service. */
export async function serveAws(service: string, answers: Readonly<Record<string, object>>): Promise<Server> {
  const server = http.createServer(({ url = "", headers }, response) => {
    const signed = headers.authorization?.includes(`/${service}/aws4_request`) === true;
    const answer = answers[url];
    response.writeHead(!signed ? 403 : answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? url));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
