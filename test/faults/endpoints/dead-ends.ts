import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Connection } from "../../../functions/shared/cluster/http-cluster.ts";

/** An address that never leads to an answer. */
export interface DeadEnd {
  /** Without a scheme. */
  address: string;
  stop: () => Promise<void>;
}

/** How an endpoint may not even take a connection up. */
export const DEAD_ENDS = {
  unaccepted: { description: "no connection is ever accepted", scheme: "http", open: unaccepting },
  mute: {
    description: "connections are accepted, and nothing is ever said, not even of TLS",
    scheme: "https",
    open: mute,
  },
  handshake: { description: "the TLS handshake begins, and never ends", scheme: "https", open: halfShaken },
} as const satisfies Record<
  string,
  { description: string; scheme: "http" | "https"; open: (upstream: Connection) => Promise<DeadEnd> }
>;
export type DeadEndName = keyof typeof DEAD_ENDS;

/** How many connections are tried at most until there is no room for one more, and how long each may take. */
const MOST_WAITING = 16;
const TAKEN_UP_MS = 300;
/** The first bytes of what a server says in a handshake: the head of a record, and no more. */
const HEAD_OF_HANDSHAKE = 24;

/** Nobody takes connections up, and there is no room for more that wait for it. */
async function unaccepting(): Promise<DeadEnd> {
  const worker = new Worker(new URL("unaccepting.ts", import.meta.url), { workerData: new SharedArrayBuffer(4) });
  const [port] = (await once(worker, "message")) as [number];
  const waiting: Socket[] = [];
  const stop = async () => {
    for (const socket of waiting) socket.destroy();
    await worker.terminate();
  };
  for (let count = 0; count < MOST_WAITING; count++) {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    waiting.push(socket);
    const taken = once(socket, "connect").then(() => true);
    if (!(await Promise.race([taken, sleep(TAKEN_UP_MS, false)]))) return { address: `127.0.0.1:${port}`, stop };
  }
  await stop();
  throw new Error(`${MOST_WAITING} connections were taken up that nobody accepts.`);
}

/** Connections are accepted, and that is all. */
async function mute(): Promise<DeadEnd> {
  return await listening(() => undefined);
}

/** Handshakes are begun by the API server itself, whose answer is cut off within its first record. */
async function halfShaken({ server }: Connection): Promise<DeadEnd> {
  const { hostname, port } = new URL(server);
  return await listening((socket) => {
    const beyond = connect(Number(port), hostname).on("error", () => undefined);
    socket.pipe(beyond);
    socket.on("close", () => beyond.destroy());
    let left = HEAD_OF_HANDSHAKE;
    beyond.on("data", (chunk: Buffer) => {
      if (left > 0) socket.write(chunk.subarray(0, left));
      left -= chunk.length;
    });
  });
}

async function listening(onConnection: (socket: Socket) => void): Promise<DeadEnd> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
