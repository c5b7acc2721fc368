import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";

/** What serves artifacts, and what ends it. */
interface Artifacts {
  address: string;
  stop: () => Promise<void>;
}

/**
 * Serves what source-controller has stored, in its place, on loopback. Nothing of a namespace is given away while a file of its name is
 * in `held`, as where a network policy has come between the controllers.
 */
export async function serveArtifacts(storage: string, held: string): Promise<Artifacts> {
  const server = createServer(({ url = "/" }, response) => {
    // `/gitrepository/NAMESPACE/NAME/DIGEST.tar.gz`
    const path = normalize(new URL(url, "http://localhost").pathname);
    const file = join(storage, path);
    const status = existsSync(join(held, path.split("/")[2] ?? "")) ? 403 : existsSync(file) ? 200 : 404;
    response.writeHead(status);
    if (status === 200) createReadStream(file).pipe(response);
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
