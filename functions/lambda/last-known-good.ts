/**
 * Reads a setting anew after some time. While it cannot be read, the last one that could is used; it is tried again after the
 * same time, so that no call waits for it more often.
 * @throws what reading throws, while it has never succeeded
 */
export function lastKnownGood<Value>(
  read: () => Promise<Value>,
  seconds: number,
  clock: () => number = () => performance.now(),
): () => Promise<Value> {
  let known: { value: Value } | undefined;
  let until = -Infinity;
  return async () => {
    if (known !== undefined && clock() < until) return known.value;
    try {
      known = { value: await read() };
    } catch (error) {
      if (known === undefined) throw error;
    }
    until = clock() + seconds * 1_000;
    return known.value;
  };
}
