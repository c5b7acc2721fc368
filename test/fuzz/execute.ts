import { setTimeout as sleep } from "node:timers/promises";
import { Broken, describe, expectCleanPrototypes } from "./broken.ts";
import { asJson, type Json } from "./json.ts";
import type { Target } from "./target.ts";

/** What one input did. */
export interface Executed {
  /** The broken promise. */
  broken?: string;
  /** The same for all inputs that break the same promise at the same place. */
  key?: string;
}

/** No call may take longer, in milliseconds of processor time. */
const BUDGET_MS = 2_000;
/** A call that waits for longer than this, in milliseconds, does not end. */
const PATIENCE_MS = 15_000;

/** Runs a target on one input, and holds it to what every call has to keep. Never throws. */
export async function execute(target: Target, input: Json): Promise<Executed> {
  const began = process.threadCpuUsage();
  const waiting = new AbortController();
  try {
    const endless = sleep(PATIENCE_MS, undefined, { signal: waiting.signal, ref: true }).then(() => {
      throw new Broken("the call does not end");
    });
    endless.catch(() => undefined);
    await Promise.race([target.run(asJson(input)), endless]);
    expectCleanPrototypes();
    const { user, system } = process.threadCpuUsage(began);
    const milliseconds = (user + system) / 1_000;
    if (milliseconds > BUDGET_MS)
      throw new Broken(`the call takes too long: ${Math.round(milliseconds)} ms of processor time`);
    return {};
  } catch (error) {
    if (!(error instanceof Broken)) return { broken: `threw ${describe(error)}`, key: keyOf(describe(error)) };
    return { broken: error.message, key: keyOf(error.cause === undefined ? error.message : describe(error.cause)) };
  } finally {
    waiting.abort();
  }
}

/** Without what differs from input to input: quoted texts, numbers, and all that follows them. */
function keyOf(message: string): string {
  const place = /functions\/\S+$/.exec(message)?.[0] ?? "";
  return `${message.split(/["'`\d([]/)[0] ?? ""}${place}`;
}
