import { FAILING_WAITING_REASONS } from "../kinds/failing/pod-failures.ts";
import { kindOf } from "../kinds/kinds.ts";
import { containerStatuses, isLeftover } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { someOf } from "./light.ts";
import { hostsIn, hostsOfVariable } from "./hosts.ts";

/** A host that a pod names, and where. */
export interface NamedHost {
  host: string;
  where: "last words" | "environment" | "arguments";
}

/** What of a failing pod tells whether others fail for the same cause. It stays in the scan. */
export interface PodFacts {
  /** It has ended for good and is only a record: its controller has made another one. */
  leftover: boolean;
  /** The mark of the revision that it was made from; undefined where its kind leaves none. */
  revision?: string;
  /** The image of the first container that cannot be started, else of the first that is not ready. */
  image?: string;
  /** Whether a container of it has run: what it needs to be started was there. */
  ran?: boolean;
  /** Names by which a Service of it may be known. */
  aliases?: string[];
  /** By which Services select it. */
  labels?: Readonly<Record<string, string>>;
  /** The hosts that it names, what it said last first. */
  hosts?: NamedHost[];
}

/** Labels whose value is, as a rule, the name of the Service before the pods. */
const NAMING_LABELS = ["app", "app.kubernetes.io/name", "k8s-app"];
/** How many hosts are kept of a pod. */
const MAX_HOSTS = 40;

/** Reads them off a pod that fails, whatever its workload. */
export function podFacts(pod: Pod): PodFacts {
  const { metadata, spec } = pod;
  const statuses = containerStatuses(pod);
  // A sidecar that is not ready may stand before the container that fails.
  const failing =
    statuses.find(({ state }) => FAILING_WAITING_REASONS.has(state?.waiting?.reason ?? "")) ??
    statuses.find(({ ready, state }) => !ready && state?.terminated?.exitCode !== 0);
  const image = imageOf(pod, failing);
  const labels = NAMING_LABELS.flatMap((label) => metadata?.labels?.[label] ?? []);
  return {
    leftover: isLeftover(pod),
    ...(image === undefined ? {} : { image }),
    ran: failing?.state?.running !== undefined || endOf(failing) !== undefined,
    aliases: [...new Set([...(spec?.subdomain === undefined ? [] : [spec.subdomain]), ...labels])],
    labels: someOf(metadata?.labels ?? {}),
    hosts: hostsOf(pod),
  };
}

/**
 * The facts of a pod as one of its workload.
 * @param head the pod's metadata is enough
 */
export function factsOf(facts: PodFacts, head: Pod, workload: WorkloadRef): PodFacts {
  const revision = kindOf(workload)?.history?.markOf(head);
  const aliases = [...new Set([workload.name, ...(facts.aliases ?? [])])];
  return { ...facts, ...(revision === undefined ? {} : { revision }), aliases };
}

type Status = ReturnType<typeof containerStatuses>[number];

/** The image that a container fails with: its own, or one that it mounts as a volume, where the kubelet's words name that. */
function imageOf({ spec }: Pod, status: Status | undefined): string | undefined {
  const { containers = [], initContainers = [], volumes = [] } = spec ?? {};
  const container = [...initContainers, ...containers].find(({ name }) => name === status?.name);
  const mounted = new Set((container?.volumeMounts ?? []).map(({ name }) => name));
  const message = status?.state?.waiting?.message ?? "";
  const named = volumes
    .filter(({ name }) => mounted.has(name))
    .map((volume) => volume.image?.reference)
    .find((reference) => reference !== undefined && message.includes(`"${reference}"`));
  return named ?? container?.image;
}

function endOf(status: Status | undefined) {
  return status?.state?.terminated ?? status?.lastState?.terminated;
}

function hostsOf(pod: Pod): NamedHost[] {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const all = [...initContainers, ...containers];
  const as = (where: NamedHost["where"]) => (host: string) => ({ host, where });
  return [
    ...containerStatuses(pod)
      .flatMap((status) => hostsIn(endOf(status)?.message ?? ""))
      .map(as("last words")),
    ...all
      .flatMap(({ env = [] }) => env.flatMap(({ name, value = "" }) => hostsOfVariable(name, value)))
      .map(as("environment")),
    ...all.flatMap(({ command = [], args = [] }) => hostsIn([...command, ...args].join(" "))).map(as("arguments")),
  ].slice(0, MAX_HOSTS);
}
