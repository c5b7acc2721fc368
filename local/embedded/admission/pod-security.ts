import type { Namespace, Pod } from "../types.ts";
import { forbidden } from "../api-error.ts";
import { NAMESPACES, PODS } from "../kinds.ts";
import type { Resource } from "../resources.ts";
import type { Store } from "../store.ts";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/**
 * Refuses pods that the level `baseline` forbids most often: privileged containers and the namespaces of the host. Nothing
 * is refused by another level.
 * Source: k8s.io/pod-security-admission/policy, check_privileged.go, check_hostNamespaces.go
 * @throws ApiError Forbidden
 */
export function checkPodSecurity(store: Store, resource: Resource, { metadata, spec }: Pod): void {
  if (resource !== PODS) return;
  const namespace = store.find<Namespace>(NAMESPACES, undefined, metadata?.namespace ?? "");
  if (namespace?.metadata?.labels?.[ENFORCE] !== "baseline") return;
  const shared = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => spec?.[field] === true);
  const privileged = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
    .filter(({ securityContext }) => securityContext?.privileged === true)
    .map(({ name }) => `"${name}"`);
  const containers = `container${privileged.length === 1 ? "" : "s"} ${privileged.join(", ")}`;
  const violations = [
    ...(shared.length === 0 ? [] : [`host namespaces (${shared.map((field) => `${field}=true`).join(", ")})`]),
    ...(privileged.length === 0 ? [] : [`privileged (${containers} must not set securityContext.privileged=true)`]),
  ];
  if (violations.length === 0) return;
  throw forbidden(resource, metadata?.name ?? "", `violates PodSecurity "baseline:latest": ${violations.join(", ")}`);
}
