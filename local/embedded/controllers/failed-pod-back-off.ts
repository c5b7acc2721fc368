import type { Clock } from "../clock.ts";

const FIRST_SECONDS = 1;
const LONGEST_SECONDS = 900;

/**
 * How long the DaemonSet controller leaves a failed pod on a node: not at all the first time, then each time for twice as
 * long. Source: kubernetes pkg/controller/daemon/daemon_controller.go; client-go util/flowcontrol/backoff.go
 */
export class FailedPodBackOff {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { seconds: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many seconds of the pause are left; when none are, the next one begins, and the answer is 0. */
  pause(key: string): number {
    const now = this.#clock.now().getTime();
    const entry = this.#entries.get(key);
    const since = entry === undefined ? Infinity : (now - entry.at) / 1_000;
    if (entry !== undefined && since < entry.seconds) return entry.seconds - since;
    const isForgotten = entry === undefined || since > 2 * LONGEST_SECONDS;
    const seconds = isForgotten ? FIRST_SECONDS : Math.min(2 * entry.seconds, LONGEST_SECONDS);
    this.#entries.set(key, { seconds, at: now });
    return 0;
  }
}
