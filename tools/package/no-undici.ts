/**
 * Takes the place of `undici` in the package: `@kubernetes/client-node` imports it, and only reads kubeconfigs here, while the
 * cluster is asked over `node:https`. It does not load on Node 20.
 */
export const fetch = globalThis.fetch;

/** A connection of `fetch`, which nothing here makes. */
export function Agent(): never {
  throw new Error("The package reaches clusters over node:https alone.");
}

export const ProxyAgent = Agent;
