/** One way in which a pod, a workload or an HPA fails, as its status tells it. */
export interface Failure {
  /** The Kubernetes reason: a container's waiting or terminated reason, a condition's, or the pod's own. */
  reason: string;
  /** The container that it is about, init and ephemeral containers included. */
  container?: string;
  /** The exit code of the last termination, where there was one. */
  exitCode?: number;
  /** How the memory ran out, with the limit that was reached, when that was what ended the container's last run. */
  outOfMemory?: string;
  message?: string;
  /** How often the kubelet has restarted the container. */
  restarts?: number;
  /** Since when, as far as the status tells. */
  since?: string;
}

/** A failure without the fields that are not known; it has a reason in any case. */
export function failure(fields: { [Key in keyof Failure]: Failure[Key] | undefined } & { reason: string }): Failure {
  const known = Object.fromEntries(
    // The API server writes times that are not known as null.
    Object.entries(fields).filter(([, value]) => value != null && value !== ""),
  );
  return { ...known, reason: fields.reason === "" ? "Unspecified" : fields.reason };
}

/** Whether more than so many seconds have passed since a moment; an unknown moment has not passed. */
export function isOlderThan(moment: string | undefined, seconds: number, now: Date): boolean {
  return moment !== undefined && now.getTime() - Date.parse(moment) > seconds * 1_000;
}
