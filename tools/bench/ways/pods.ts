import { keyOf } from "../population/truth.ts";

/** As much of a pod as a script looks at. */
interface SomePod {
  metadata?: { namespace?: string; name?: string };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

/** The pods that a script would take for failing: those that are neither ready nor done. */
export function failingAmong(pods: readonly SomePod[]): string[] {
  return pods
    .filter(({ status }) => status?.phase !== "Succeeded")
    .filter(({ status }) => status?.conditions?.find(({ type }) => type === "Ready")?.status !== "True")
    .map(({ metadata }) => keyOf({ kind: "Pod", namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" }));
}
