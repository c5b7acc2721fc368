import { createHash, createHmac, type BinaryLike } from "node:crypto";

/** SHA-256, and HMAC-SHA-256 when it has a key, in the shape that the signer of AWS requests takes. */
export class Sha256 {
  readonly #hash;

  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as BinaryLike);
  }

  update(chunk: unknown): void {
    this.#hash.update(chunk as BinaryLike);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error("A hash is used once.");
  }
}
