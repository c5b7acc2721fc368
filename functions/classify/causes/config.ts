import type { PodTemplate } from "../../shared/kubernetes/types.ts";
import { count } from "../../shared/text.ts";
import { failsWith, type Case } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { rollBack } from "../../remedies/rollback/plan.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";

const CONFIG_REASONS = new Set(["CreateContainerConfigError"]);

/** What a container needs and does not find. */
export const CONFIG_CAUSES: readonly Cause[] = [
  {
    name: "MissingConfig",
    looksLike:
      "CreateContainerConfigError: a Secret or ConfigMap that the container refers to, or a key of it, does not exist.",
    response: "Roll back when the reference came with the present revision; otherwise report the object by its name.",
    rejected: [
      { action: "restart", reason: "a new pod would miss the same object" },
      { action: "create", reason: "nobody but its owner knows what belongs into it" },
    ],
    diagnose: (facts) => {
      const { failing } = facts;
      if (!failsWith(failing, CONFIG_REASONS)) return undefined;
      const missing = missingObject(facts);
      const what = missing === undefined ? "something that the container refers to" : missing.name;
      const isNew = facts.sinceRollout && (missing === undefined || isNewReference(facts, missing));
      return {
        confidence: missing === undefined ? "medium" : "high",
        summary: `${count(failing.length, "pod")} cannot start: ${what} does not exist.`,
        evidence: [...failureLines(failing), ...rolloutLines(facts)],
        tries: once(
          isNew
            ? rollBack(facts)
            : reportOnly(`Restore ${what}: it was referred to before, so the rollout is not the cause.`),
        ),
      };
    },
  },
];

/** A Secret or ConfigMap, as the kubelet's message names it. */
interface Missing {
  /** `secret "db-password"`. */
  name: string;
  object: string;
}

/**
 * Reads `secret "x" not found`, `configmap "x" not found` and `couldn't find key k in ConfigMap ns/x`.
 * Source: kubernetes pkg/kubelet/kubelet_pods.go
 */
function missingObject({ failing }: Case): Missing | undefined {
  for (const { failures } of failing) {
    for (const { message = "" } of failures) {
      const whole = /\b(secret|configmap) "([^"]+)" not found/i.exec(message);
      if (whole !== null) return { name: `${whole[1] ?? ""} "${whole[2] ?? ""}"`, object: whole[2] ?? "" };
      const key = /couldn't find key (\S+) in (Secret|ConfigMap) [^/\s]+\/(\S+)/i.exec(message);
      if (key !== null) {
        return { name: `key ${key[1] ?? ""} of ${key[2] ?? ""} "${key[3] ?? ""}"`, object: key[3] ?? "" };
      }
    }
  }
  return undefined;
}

/** Whether the revision to return to does without the object. */
function isNewReference({ healthy, templates }: Case, { object }: Missing): boolean {
  const before = healthy === undefined ? undefined : templates.get(healthy.revision.name);
  return before !== undefined && !references(before).has(object);
}

/** The names of the Secrets and ConfigMaps that a template's containers refer to. */
export function references({ spec }: PodTemplate): Set<string> {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const names = containers.flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? valueFrom?.configMapKeyRef?.name),
    ...envFrom.map(({ secretRef, configMapRef }) => secretRef?.name ?? configMapRef?.name),
  ]);
  const volumes = (spec?.volumes ?? []).map(({ secret, configMap }) => secret?.secretName ?? configMap?.name);
  return new Set([...names, ...volumes].filter((name) => name !== undefined));
}
