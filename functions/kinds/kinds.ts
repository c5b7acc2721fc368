import { DAEMON_SET } from "./daemon-set/kind.ts";
import { DEPLOYMENT } from "./deployment/kind.ts";
import { JOB } from "./job/kind.ts";
import type { Kind, Scanned } from "./kind.ts";
import { REPLICA_SET } from "./replica-set/kind.ts";
import { STATEFUL_SET } from "./stateful-set/kind.ts";

/** The kinds of workloads whose controllers recreate their pods: no other is ever written to. */
export const KINDS: readonly Kind[] = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET];

/** The kinds that are looked at beside them. */
const ONLY_SCANNED: readonly Scanned[] = [JOB];

/** The kind of that name; undefined for one that is never written to. */
export function kindOf(name: string): Kind | undefined {
  return KINDS.find(({ kind }) => kind === name);
}

/** Every kind whose objects are looked at. */
export function scannedKinds(): readonly Scanned[] {
  return [...KINDS, ...ONLY_SCANNED];
}
