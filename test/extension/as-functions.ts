import type { Connection } from "../../functions/shared/cluster/http-cluster.ts";
import { PERMISSIONS } from "../../infra/permissions.ts";
import type { EmbeddedCluster } from "../../local/embedded/index.ts";

/** The functions of the workflow as clients of a cluster, each under a name of its own. */
export class AsFunctions {
  readonly #cluster: EmbeddedCluster;
  readonly #prefix: string;

  /** @param run what all of their names begin with */
  constructor(cluster: EmbeddedCluster, run: string) {
    this.#cluster = cluster;
    this.#prefix = `${run}:`;
  }

  connectionOf(step: string): Connection {
    const authenticate = () => Promise.resolve({ "user-agent": `${this.#prefix}${step}` });
    return { name: "embedded", server: this.#cluster.url, authenticate };
  }

  /** What they asked for, in order. */
  requests() {
    return this.#cluster.answered
      .filter(({ userAgent }) => userAgent.startsWith(this.#prefix))
      .map((request) => ({ ...request, step: request.userAgent.slice(this.#prefix.length) }));
  }

  /** What they asked for and no rule of theirs permits; what is not installed is no resource. */
  notPermitted(): string[] {
    return this.requests()
      .filter(({ resource }) => resource !== "")
      .filter(({ step, verb, resource }) => !mayUse(step, verb, resource))
      .map(({ step, verb, resource }) => `${step} may not ${verb} ${resource}`);
  }
}

function mayUse(step: string, verb: string, resource: string): boolean {
  const { cluster, claims } = PERMISSIONS[step] ?? {};
  return [...(cluster?.rules ?? []), ...(claims?.rules ?? [])].some(
    ({ resources, verbs }) => resources.includes(resource) && verbs.includes(verb),
  );
}
