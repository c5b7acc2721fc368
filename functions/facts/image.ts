import type { FailingPod } from "./case.ts";

/** Why an image cannot be pulled, as far as the kubelet's message tells. */
export type ImageProblem = "not_found" | "unauthorized" | "throttled" | "unreachable" | "unknown";

/**
 * The registries word their errors freely; these are the words of containerd, Docker Hub, ECR and the OCI distribution
 * specification (`MANIFEST_UNKNOWN`, `NAME_UNKNOWN`, `UNAUTHORIZED`, `DENIED`, `TOOMANYREQUESTS`). The order matters:
 * Docker Hub answers "repository does not exist or may require authorization", which says nothing about existence.
 */
const WORDINGS: [ImageProblem, RegExp][] = [
  ["throttled", /toomanyrequests|too many requests|rate limit|\b429\b/i],
  ["unauthorized", /unauthori[sz]ed|authorization|authentication|denied|forbidden|\b401\b|\b403\b/i],
  ["not_found", /not found|notfound|manifest unknown|name unknown|no such image|\b404\b/i],
  [
    "unreachable",
    /timeout|timed out|no such host|connection refused|connection reset|unreachable|\bEOF\b|tls|\b50[0-4]\b/i,
  ],
];

/** The reasons that name the problem by themselves. */
const BY_REASON: ReadonlyMap<string, ImageProblem> = new Map([
  ["InvalidImageName", "not_found"],
  ["ErrImageNeverPull", "not_found"],
  ["RegistryUnavailable", "unreachable"],
]);

/** Reads the kubelet's messages; the first that says anything decides. */
export function imageProblem(failing: FailingPod[]): ImageProblem {
  for (const { reason, message } of failing.flatMap(({ failures }) => failures)) {
    const byReason = BY_REASON.get(reason);
    if (byReason !== undefined) return byReason;
    if (!reason.includes("ImagePull")) continue;
    const said = withoutReferences(message ?? "");
    const wording = WORDINGS.find(([, pattern]) => pattern.test(said));
    if (wording !== undefined) return wording[0];
  }
  return "unknown";
}

/** The message without the names of images and registries, which are words of the user's, not of the registry's. */
function withoutReferences(message: string): string {
  return message.replaceAll(/"[^"]*"/g, "").replaceAll(/\S+\/\S+?(?=:?(?:\s|$))/g, "");
}
