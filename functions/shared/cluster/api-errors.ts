import { RemediationError, type ErrorName } from "../errors.ts";
import { bounded } from "../text.ts";

/** The part of a Kubernetes `Status` that errors are told apart by. What answers may be no API server: nothing is certain. */
export interface ApiStatus {
  message?: unknown;
  details?: { causes?: unknown } | null;
}

/** Turns an unsuccessful answer of the API server into the error that the state machine knows by name. */
export function errorFromResponse(cluster: string, call: string, status: number, body: ApiStatus): RemediationError {
  const said = bounded(typeof body.message === "string" ? body.message : "no message");
  const make = (name: ErrorName, advice: string) =>
    new RemediationError(name, `${cluster}: ${call} answered ${status}: ${said.replace(/\.$/, "")}. ${advice}`);

  switch (status) {
    case 401:
      return make("Unauthorized", "The credentials are missing, expired, or have no access entry on this cluster.");
    case 403:
      return make("Forbidden", "Grant this verb to the identity that runs the workflow, or narrow the scope.");
    case 404:
      return make("NotFound", "It does not exist, or not any more.");
    case 409:
      return make("ObjectChanged", "Somebody else changed it at the same moment.");
    case 410:
      return make("ClusterUnavailable", "The state that was asked for has expired; try again.");
    case 429:
      return isBudgetExhausted(body)
        ? make("DisruptionBudgetExhausted", "The PodDisruptionBudget allows no disruption now.")
        : make("ClusterThrottled", "The API server is throttling requests; try again later.");
    case 422:
      return isUnappliedPatch(said)
        ? make("ObjectChanged", "It is not any more as it was diagnosed.")
        : make("WriteRefused", "The API server's validation refused the change.");
    case 500:
      // Permanent, though it comes as a server error. Source: kubernetes pkg/registry/core/pod/storage/eviction.go
      return said.includes("more than one PodDisruptionBudget")
        ? make("DisruptionBudgetExhausted", "Leave the pod to one PodDisruptionBudget.")
        : make("ClusterUnavailable", "The API server failed; try again later.");
    default:
      return status >= 500
        ? make("ClusterUnavailable", "The API server failed; try again later.")
        : make("WriteRefused", "The API server refused the request.");
  }
}

/** Whether an eviction was refused for a PodDisruptionBudget, not for the load on the API server. */
function isBudgetExhausted({ details }: ApiStatus): boolean {
  const causes = Array.isArray(details?.causes) ? (details.causes as ({ reason?: unknown } | null)[]) : [];
  return causes.some((cause) => cause?.reason === "DisruptionBudget");
}

/**
 * Whether a JSON patch did not apply, because one of its `test` operations did not hold or a path is gone. The API
 * server answers this with a fixed sentence, and names neither the object nor the field as it does for validation.
 * Source: k8s.io/apiserver, endpoints/handlers/patch.go; k8s.io/apimachinery, NewGenericServerResponse
 */
function isUnappliedPatch(message: string): boolean {
  return message === "the server rejected our request due to an error in our request";
}
