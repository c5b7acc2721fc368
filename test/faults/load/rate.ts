import type { Forwarded, Outgoing, Upstream } from "../proxy/forward.ts";

/** From when to when a request was under way, in milliseconds. */
export interface Span {
  begun: number;
  ended: number;
}

/** How many requests there were, and how close together. */
export interface Rate {
  requests: number;
  /** Begun within the busiest second. */
  perSecond: number;
  /** Under way at the same moment. */
  concurrent: number;
}

/** Counts the requests in total, in the busiest second, and at the busiest moment. */
export function rateOf(spans: readonly Span[]): Rate {
  const begun = spans.map((span) => span.begun).sort((a, b) => a - b);
  let perSecond = 0;
  for (let first = 0, last = 0; last < begun.length; last++) {
    while ((begun[last] ?? 0) - (begun[first] ?? 0) >= 1_000) first++;
    perSecond = Math.max(perSecond, last - first + 1);
  }
  const steps = spans.flatMap((span) => [
    { at: span.begun, by: 1 },
    { at: span.ended, by: -1 },
  ]);
  // One that ends makes room for one that begins at the same moment.
  steps.sort((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  let concurrent = 0;
  for (const { by } of steps) {
    now += by;
    concurrent = Math.max(concurrent, now);
  }
  return { requests: spans.length, perSecond, concurrent };
}

/** Hands requests on, and remembers when each was under way. */
export class TimedUpstream implements Pick<Upstream, "forward"> {
  readonly spans: Span[] = [];
  readonly #upstream: Pick<Upstream, "forward">;

  constructor(upstream: Pick<Upstream, "forward">) {
    this.#upstream = upstream;
  }

  async forward(outgoing: Outgoing): Promise<Forwarded> {
    const begun = performance.now();
    try {
      return await this.#upstream.forward(outgoing);
    } finally {
      this.spans.push({ begun, ended: performance.now() });
    }
  }
}
