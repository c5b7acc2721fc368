import { containersOf } from "../shared/kubernetes/containers.ts";
import type { PodTemplate } from "../shared/kubernetes/types.ts";

/** A Secret or ConfigMap, or a key of one, as far as a message names it. */
export interface Missing {
  kind: "Secret" | "ConfigMap";
  object?: string;
  key?: string;
}

/** A place in a pod template that reads a Secret or ConfigMap, or one key of it. */
export interface Reference {
  kind: Missing["kind"];
  object: string;
  key: string | undefined;
  /** Whether the pods start without it, too. */
  optional: boolean;
}

/** Whether a template, or a pod, refers to the object, and where a key is named, to that key or to all of them. */
export function refersTo(template: Pick<PodTemplate, "spec">, { kind, object, key }: Missing): boolean {
  return referencesOf(template).some(
    (reference) =>
      reference.kind === kind &&
      (object === undefined || reference.object === object) &&
      // A reference to the whole object asks for no key by its name.
      (key === undefined || reference.key === key),
  );
}

/** The Secrets and ConfigMaps that a template refers to, each once: `ConfigMap web`. */
export function namesReferredTo(template: PodTemplate): string[] {
  return [...new Set(referencesOf(template).map(({ kind, object }) => `${kind} ${object}`))];
}

/**
 * What the containers of a template read: variables, and what is mounted: the kubelet passes over a volume that no container mounts.
 * What images are pulled with is not among it.
 * Source: kubernetes pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go, processPodVolumes
 */
export function referencesOf(template: Pick<PodTemplate, "spec">): Reference[] {
  const { spec } = template;
  const found: Reference[] = [];
  const add = (
    kind: Missing["kind"],
    object: string | undefined,
    optional = false,
    keys: (string | undefined)[] = [undefined],
  ) => {
    if (object !== undefined) found.push(...keys.map((key) => ({ kind, object, key, optional })));
  };
  const itemKeys = (items: { key: string }[] | undefined) => items?.map(({ key }) => key);
  for (const { env = [], envFrom = [] } of containersOf(template)) {
    for (const { valueFrom: { secretKeyRef: secret, configMapKeyRef: configMap } = {} } of env) {
      add("Secret", secret?.name, secret?.optional, [secret?.key]);
      add("ConfigMap", configMap?.name, configMap?.optional, [configMap?.key]);
    }
    for (const { secretRef, configMapRef } of envFrom) {
      add("Secret", secretRef?.name, secretRef?.optional);
      add("ConfigMap", configMapRef?.name, configMapRef?.optional);
    }
  }
  const mounts = containersOf(template).flatMap(({ volumeMounts = [] }) => volumeMounts);
  const mounted = new Set(mounts.map(({ name }) => name));
  for (const { name, secret, configMap, projected } of spec?.volumes ?? []) {
    if (!mounted.has(name)) continue;
    add("Secret", secret?.secretName, secret?.optional, itemKeys(secret?.items));
    add("ConfigMap", configMap?.name, configMap?.optional, itemKeys(configMap?.items));
    for (const source of projected?.sources ?? []) {
      add("Secret", source.secret?.name, source.secret?.optional, itemKeys(source.secret?.items));
      add("ConfigMap", source.configMap?.name, source.configMap?.optional, itemKeys(source.configMap?.items));
    }
  }
  return found;
}
