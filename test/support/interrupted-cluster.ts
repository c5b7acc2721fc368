import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";

/**
 * A client of an API server, named `prod`, that waits for something before it sends a request: others may do something right
 * then, or what it needs may fail in a way that is no answer of the API server.
 * @param before is given which request comes next, from 1 on
 */
export function interruptedCluster(server: string, before: (request: number) => Promise<void>): HttpCluster {
  let requests = 0;
  return new HttpCluster({
    name: "prod",
    server,
    authenticate: async () => {
      await before(++requests);
      return {};
    },
  });
}
