import { controllerOf } from "../shared/kubernetes/owners.ts";
import { canExist } from "../shared/kubernetes/names.ts";
import { fieldWriters, setBelow, statusWriters } from "../shared/kubernetes/managed-fields.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import { RemediationError } from "../shared/errors.ts";
import type { KubernetesObject, ObjectRef } from "../shared/object-ref.ts";
import { OWNER_TOOLS, type Owned, type OwnerTool } from "./owner-tools.ts";
import { inBackticks, nameOf } from "./owner-words.ts";

/**
 * Whatever would write an object, or some of its fields, again: a controller that its owner references name, a tool that
 * has left its marks or its name as a writer of fields, a controller that its name as a writer of the fields tells.
 */
export interface Owner {
  /** `Storefront web`, `Argo CD`, `field manager shop-operator`. */
  name: string;
  /** The tool; undefined for a controller. */
  tool?: OwnerTool;
  /** What becomes of a change that is made here, after the owner's name and `which`. */
  consequence: string;
  advice(owned: Owned): string;
}

export type OwnerReference = NonNullable<ObjectMeta["ownerReferences"]>[number];

/** Where the fields stand that a remedy writes, as paths of field names. */
export type FieldPaths = readonly (readonly string[])[];

/** What pods are made from. */
export const TEMPLATE: FieldPaths = [["spec", "template"]];

/** What is kept in no manifest: it is of a controller that drives the object, and of no tool that keeps its desired state. */
export const STATUS: FieldPaths = [["status"]];

/** The writers of fields that are none of these: a program that its name tells to be a controller writes again what it wrote. */
const CONTROLLER = /operator|controller|^manager$/i;
/** What is a part of Kubernetes writes for others. */
const KUBERNETES = /^(kube-controller-manager|cloud-controller-manager|kubectl.*)$/;

/**
 * The controllers of kinds that are written to, which write all of their objects anew for a note of their own, so that they are
 * writers of fields that are not theirs. Source: argo-rollouts rollout/sync.go, setRolloutRevision
 */
const OWN_CONTROLLER = /^rollouts-controller$/;

const WRITES_AGAIN = "may write its own state over it at any time";

/**
 * The owner of an object, or of one of the fields. On objects of its own kinds a tool leaves marks, and they are not its own:
 * they are how people tell it what to do.
 * @param fields what is to be written
 * @param ref which object it is, where it may be of a tool's own kind
 */
export function ownerOf(
  metadata: ObjectMeta | undefined,
  fields: FieldPaths,
  ref?: Pick<ObjectRef, "apiVersion">,
): Owner | undefined {
  if (fields === STATUS) return controllerAbove(metadata) ?? writingController(metadata, TEMPLATE, undefined);
  const group = ref?.apiVersion.split("/")[0];
  const told = OWNER_TOOLS.find((tool) => tool.toldBy !== undefined && tool.toldBy === group);
  return controllerAbove(metadata) ?? toolOf(metadata, told) ?? writingController(metadata, fields, told);
}

/** Whether a writer of fields is known to be a tool or a controller, which writes again what it wrote. */
export function writesAgain(manager: string): boolean {
  return OWNER_TOOLS.some(({ managers }) => managers?.test(manager) === true) || isController(manager);
}

/**
 * The owner that its references name. A custom resource owns what it made also where its operator has left out that it
 * is the controller.
 */
function controllerAbove(metadata: ObjectMeta | undefined): Owner | undefined {
  const above = referenceAbove(metadata);
  if (above === undefined) return undefined;
  const { kind, name, apiVersion } = above;
  // A tool of its own, which knows more of it.
  if (kind === "ScaledObject" && apiVersion.startsWith("keda.sh/")) return undefined;
  return {
    name: `${kind} ${name}`,
    consequence: WRITES_AGAIN,
    advice: ({ namespace }) => {
      const [group, version] = apiVersion.split("/");
      const resource = nameOf(version === undefined ? undefined : `${kind.toLowerCase()}.${version}.${group ?? ""}`);
      const command = inBackticks("kubectl", "-n", namespace, "edit", resource ?? kind.toLowerCase(), name);
      return `Change it in ${kind} ${name}: ${command}.`;
    },
  };
}

/** The owner reference of what an object is made by: of its controller, or else of a custom resource. */
export function referenceAbove(metadata: ObjectMeta | undefined): OwnerReference | undefined {
  const references = metadata?.ownerReferences ?? [];
  const controller = controllerOf(metadata);
  return (
    references.find(({ uid }) => uid === controller?.uid) ??
    references.find((reference) => isCustom(reference.apiVersion) && canExist(reference))
  );
}

/** Whether the group is none of Kubernetes itself. */
function isCustom(apiVersion: string): boolean {
  const [group = "", version] = apiVersion.split("/");
  return version !== undefined && group.includes(".") && !group.endsWith(".k8s.io");
}

function toolOf(metadata: ObjectMeta | undefined, told: OwnerTool | undefined): Owner | undefined {
  if (metadata === undefined) return undefined;
  const writers = fieldWriters(metadata).map(({ manager }) => manager);
  const tool = OWNER_TOOLS.filter((one) => one !== told).find(
    ({ labels = [], annotations = [], managers, marks }) =>
      labels.some((key) => key in (metadata.labels ?? {})) ||
      annotations.some((key) => key in (metadata.annotations ?? {})) ||
      marks?.(metadata) === true ||
      writers.some((manager) => managers?.test(manager) === true),
  );
  return tool === undefined ? undefined : { ...tool, tool };
}

/** A controller that tells itself as the writer of one of the fields, or by the label for what manages an object. */
function writingController(
  metadata: ObjectMeta | undefined,
  paths: FieldPaths,
  told: OwnerTool | undefined,
): Owner | undefined {
  const keepers = statusWriters(metadata).filter((manager) => OWN_CONTROLLER.test(manager));
  const writer = fieldWriters(metadata).find(
    ({ manager, fields }) =>
      isController(manager) &&
      !keepers.includes(manager) &&
      told?.managers?.test(manager) !== true &&
      paths.some((path) => setBelow(fields, path) !== undefined),
  )?.manager;
  const managedBy = metadata?.labels?.["app.kubernetes.io/managed-by"];
  const name = nameOf(writer ?? (managedBy !== undefined && isController(managedBy) ? managedBy : undefined));
  if (name === undefined) return undefined;
  return {
    name,
    consequence: WRITES_AGAIN,
    advice: () => "Change it in what that makes it from.",
  };
}

/**
 * Makes sure, right before a write, that nobody owns the object who did not when it was diagnosed.
 * @param known the owner past whom was changed what the write takes back
 * @throws RemediationError `ObjectChanged`
 */
export function assertNotOwned(
  ref: ObjectRef,
  { metadata }: KubernetesObject,
  fields: FieldPaths,
  known: string | undefined,
): void {
  const { kind, namespace, name } = ref;
  const owner = ownerOf(metadata, fields, ref);
  if (owner === undefined || owner.name === known) return;
  throw new RemediationError(
    "ObjectChanged",
    `${kind} ${namespace}/${name} was left as it is: since it was diagnosed, it belongs to ${owner.name}, which ${owner.consequence}.`,
  );
}

function isController(manager: string): boolean {
  return CONTROLLER.test(manager) && !KUBERNETES.test(manager);
}
