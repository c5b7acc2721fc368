/** Where a payload was seen, and how large it is. */
export interface Payload {
  state: string;
  side: "input" | "output";
  bytes: number;
}

/** What Step Functions allows for the input or output of a state, in bytes. Source: its quotas, "Maximum input or output size" */
export const MAX_PAYLOAD = 256 * 1_024;

/** The size of a payload as Step Functions counts it: UTF-8 bytes of the JSON text. */
export function bytesOf(payload: unknown): number {
  return payload === undefined ? 0 : Buffer.byteLength(JSON.stringify(payload));
}

/** Keeps the largest payload of each state and side. */
export class LargestPayloads {
  readonly #largest = new Map<string, Payload>();

  see(state: string, side: Payload["side"], payload: unknown): void {
    const key = `${state} ${side}`;
    const bytes = bytesOf(payload);
    if (bytes > (this.#largest.get(key)?.bytes ?? 0)) this.#largest.set(key, { state, side, bytes });
  }

  /** The largest first. */
  get all(): Payload[] {
    return [...this.#largest.values()].sort((a, b) => b.bytes - a.bytes);
  }
}
