import { isOlderThan } from "../../shared/kubernetes/failures.ts";
import { count } from "../../shared/text.ts";
import { failsWith, type Case } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { rollBack } from "../../remedies/rollback/plan.ts";
import { imageProblem } from "../../facts/image.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";

const IMAGE_REASONS = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
]);

/** Images that are not there, not allowed, not trusted, or out of reach. */
export const IMAGE_CAUSES: readonly Cause[] = [
  {
    name: "SignatureRefused",
    looksLike: "SignatureValidationFailed: the image's signature does not satisfy the node's policy.",
    response: "Report as a security matter.",
    rejected: [
      { action: "restart", reason: "another node that does not check the signature would run the image" },
      { action: "rollback", reason: "whoever is in charge of security should see the image first" },
    ],
    diagnose: ({ failing }) => {
      if (!failsWith(failing, new Set(["SignatureValidationFailed"]))) return undefined;
      return {
        confidence: "high",
        summary: `${count(failing.length, "pod")} may not run: the image's signature was refused.`,
        evidence: failureLines(failing),
        tries: once(
          reportOnly("Treat it as a security matter: find out who pushed the image, and why it is not signed."),
        ),
      };
    },
  },
  {
    name: "ImageNotFound",
    looksLike:
      "ErrImagePull or ImagePullBackOff, and the registry says that the image or tag does not exist; InvalidImageName; ErrImageNeverPull.",
    response: "Roll back when the image came with the present revision; report otherwise.",
    rejected: [{ action: "restart", reason: "a new pod would ask for the same missing image" }],
    diagnose: (facts) => {
      if (!failsWith(facts.failing, IMAGE_REASONS) || imageProblem(facts.failing) !== "not_found") return undefined;
      return {
        confidence: facts.healthy?.confidence ?? "high",
        summary: `${count(facts.failing.length, "pod")} cannot start: the image does not exist in its registry.`,
        evidence: [...failureLines(facts.failing), ...rolloutLines(facts)],
        tries: once(
          facts.sinceRollout
            ? rollBack(facts)
            : reportOnly("The image was there before and is gone from its registry. Push it again, or deploy another."),
        ),
      };
    },
  },
  {
    name: "ImageNotPulled",
    looksLike:
      "ErrImagePull, ImagePullBackOff or RegistryUnavailable for another reason: no permission, rate limit, registry out of reach.",
    response:
      "Wait where it may pass by itself (rate limit, registry out of reach), then report; report missing permissions at once.",
    rejected: [
      { action: "restart", reason: "a new pod would meet the same registry" },
      { action: "rollback", reason: "nothing says that the image itself is wrong" },
    ],
    diagnose: (facts) => {
      const { failing } = facts;
      if (!failsWith(failing, IMAGE_REASONS)) return undefined;
      const problem = imageProblem(failing);
      const passing = (problem === "throttled" || problem === "unreachable") && isFresh(facts);
      return {
        confidence: "medium",
        summary: `${count(failing.length, "pod")} cannot pull the image.`,
        evidence: failureLines(failing),
        tries: once(
          passing
            ? { action: "none", refusal: "MayPass", message: `${ADVICE[problem]} The kubelet tries again by itself.` }
            : reportOnly(ADVICE[problem]),
        ),
      };
    },
  },
];

const ADVICE: Record<ReturnType<typeof imageProblem>, string> = {
  unauthorized:
    "The registry refuses the credentials. Check imagePullSecrets and the node role's registry permissions.",
  throttled: "The registry limits the rate of pulls. Use a pull-through cache, or pull with credentials.",
  unreachable: "The registry is out of reach from the node. Check DNS, the network path and the registry's status.",
  unknown: "The kubelet does not say why. Look at the pod's events with kubectl describe pod.",
  not_found: "The image does not exist.",
};

/** Whether no pod has failed for longer than a start may take. */
function isFresh({ failing, evidence, policy }: Case): boolean {
  return failing.every(({ failures }) =>
    failures.every(({ since }) => !isOlderThan(since, policy.detect.starting_seconds, evidence.now)),
  );
}
