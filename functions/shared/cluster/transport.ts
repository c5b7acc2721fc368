import * as http from "node:http";
import * as https from "node:https";
import { isRemediationError } from "../errors.ts";
import { exchange, type Access, type Answer, type Call, type Connection } from "./exchange.ts";

/**
 * A connection that nothing was sent over for this long is closed. While a function is frozen between two invocations, the far
 * end or what is on the way gives a connection up, and a write that is sent over it is lost: that may not be repeated, as a read may.
 */
const IDLE_MS = 2_000;

/**
 * Sends requests to an API server over connections that are kept for a moment, and brings back what it answers. A cluster that cannot be
 * reached, or does not know who is asking, is looked up anew: it may have been made anew under its name, with another endpoint
 * and another CA.
 */
export class Transport {
  #connection: Connection;
  #agent: http.Agent;
  /** Set while what is known of the cluster is in doubt. */
  #inDoubt = false;
  #renewal: Promise<void> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#agent = agentFor(connection);
  }

  /**
   * @throws RemediationError `ClusterUnreachable`, `ClusterUnavailable`, `Unauthorized` when there is no answer; where the cluster
   *   is looked up anew also what that may throw
   */
  async send(call: Call): Promise<Answer> {
    await this.#renewed();
    const used = this.#connection;
    const answer = await this.#exchange(call);
    if (answer.status !== 401 || used.renew === undefined) return answer;
    // Who is not known has had nothing done for them: even a write may be sent again, to where the cluster is now.
    if (used === this.#connection) this.#inDoubt = true;
    await this.#renewed();
    return await this.#exchange(call);
  }

  /** How the API server is reached now. @throws RemediationError as `send` */
  async access(): Promise<Access> {
    await this.#renewed();
    const { server, tls, authenticate } = this.#connection;
    return { server, ...(tls === undefined ? {} : { tls }), headers: await authenticate() };
  }

  async #exchange(call: Call): Promise<Answer> {
    const used = this.#connection;
    try {
      return await exchange(used, this.#agent, call);
    } catch (error) {
      if (isRemediationError(error, "ClusterUnreachable") && used === this.#connection) this.#inDoubt = true;
      throw error;
    }
  }

  async #renewed(): Promise<void> {
    const { renew } = this.#connection;
    if (!this.#inDoubt || renew === undefined) return;
    this.#renewal ??= renew()
      .then((connection) => {
        // What is under way over the agent of before may still end well.
        this.#agent = agentFor(connection);
        this.#connection = connection;
        this.#inDoubt = false;
      })
      .finally(() => (this.#renewal = undefined));
    await this.#renewal;
  }
}

function agentFor({ server }: Connection): http.Agent {
  const options = { keepAlive: true, maxSockets: 16, timeout: IDLE_MS };
  return server.startsWith("https:") ? new https.Agent(options) : new http.Agent(options);
}
