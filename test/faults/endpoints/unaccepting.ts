import { createServer, type AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

/**
 * Listens in a thread of its own that waits for ever, so that nothing is ever accepted: what does not find room among those
 * that wait for that gets no answer from the system, as where packets are dropped.
 */

const server = createServer();
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
  Atomics.wait(new Int32Array(workerData as SharedArrayBuffer), 0, 0);
});
