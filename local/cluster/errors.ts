/** Why the local control plane cannot be had, with a sentence that says what to do. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}
