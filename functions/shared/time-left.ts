import { AsyncLocalStorage } from "node:async_hooks";

const ends = new AsyncLocalStorage<number>();

/**
 * Does work that has to be over by then: whoever waits within it for something outside looks at `timeLeft`, and gives up in
 * time to say what it waited for.
 * @param milliseconds how long the work may take, at most as long as what it is part of
 */
export async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  return await ends.run(Math.min(performance.now() + milliseconds, ends.getStore() ?? Infinity), work);
}

/** How long the work that is under way may still take, in milliseconds; `Infinity` where nothing limits it. */
export function timeLeft(): number {
  return (ends.getStore() ?? Infinity) - performance.now();
}
