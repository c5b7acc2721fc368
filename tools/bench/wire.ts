import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A place on the way to a server, where everything that passes is counted as it is: encrypted, and compressed or not. */
export class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #bytes = 0;

  /** @param to the port on this machine that it leads to */
  constructor(to: number) {
    this.#server = createServer((client) => {
      const upstream = connect(to, "127.0.0.1");
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.once("close", () => this.#sockets.delete(socket));
        socket.on("error", () => {
          client.destroy();
          upstream.destroy();
        });
      }
      upstream.on("data", (chunk) => (this.#bytes += chunk.length));
      client.pipe(upstream);
      upstream.pipe(client);
    });
  }

  /** @returns the port to connect to */
  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many bytes the server has sent so far. */
  get bytes(): number {
    return this.#bytes;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
