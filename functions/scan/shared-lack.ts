import { imageMeaning, registryOf } from "../facts/image.ts";
import { bounded } from "../shared/text.ts";
import type { Counted } from "./extent.ts";
import type { FailingPod } from "./incidents.ts";

/** The longest name of what is lacked that is told. */
const MAX_NAME = 160;

const PULLING: ReadonlySet<string> = new Set([
  ...["ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "RegistryUnavailable"],
]);
/** The reasons of a container that is not made. */
const NOT_MADE: ReadonlySet<string> = new Set([...PULLING, "CreateContainerError", "RunContainerError", "StartError"]);

/**
 * The things outside of a workload that it lacks, as its failures name them: a key, a Secret, a ConfigMap, a claim, a quota,
 * a webhook, an image, its registry, room on a node's disk, a host. Those of two workloads are equal where they are the same thing.
 * Source of the messages: kubernetes pkg/kubelet/kubelet_pods.go, pkg/volume/util, the admission plugins
 */
export function lacksOf({ incident, pods }: Counted): string[] {
  const { namespace } = incident.workload;
  const messages = [...pods.flatMap(({ failures }) => failures), ...incident.failures];
  const lacks = messages.flatMap(({ message = "" }) => [
    ...named(message, /couldn't find key (\S+) in (Secret|ConfigMap) ([^\s/]+\/[^\s:,]+)/i, ([key, kind, object]) => {
      return `key ${key} of ${kind} ${object}`;
    }),
    ...named(
      message,
      /\b(secret|configmap|persistentvolumeclaim|serviceaccount) "([^"]+)" (?:is )?not found/i,
      ([kind, name]) => {
        return `${kind} ${namespace}/${name}`;
      },
    ),
    ...named(message, /exceeded quota: ([^\s,]+)/, ([name]) => `room in quota ${namespace}/${name}`),
    ...named(message, /failed calling webhook "([^"]+)"/, ([name]) => `an answer of webhook ${name}`),
    ...named(message, /admission webhook "([^"]+)" denied/, ([name]) => `leave of webhook ${name}`),
  ]);
  const ofImages = pods.flatMap((pod) => [...imagesLackedBy(pod), ...diskLackedBy(pod)]);
  return [...new Set([...lacks, ...ofImages])].map((lack) => bounded(lack, MAX_NAME));
}

/** The image that a pod waits for, and its registry where that is what fails. */
function imagesLackedBy({ failures, facts }: FailingPod): string[] {
  const pulls = failures.filter(({ reason }) => PULLING.has(reason));
  const image = facts?.image;
  if (image === undefined || pulls.length === 0) return [];
  const meaning = imageMeaning(pulls.map(({ reason, message = "" }) => ({ reason, message })));
  const isOfRegistry = meaning?.registry === true || meaning?.name === "throttled";
  return [`image ${image}`, ...(isOfRegistry ? [`images of registry ${registryOf(image)} (${meaning.means})`] : [])];
}

/** The node on whose disk there is no room for what a pod is made of. */
function diskLackedBy({ failures, node }: FailingPod): string[] {
  const isFull = failures.some(
    ({ reason, message = "", exitCode }) =>
      exitCode === undefined && NOT_MADE.has(reason) && message.includes("no space left on device"),
  );
  return isFull && node !== undefined ? [`room on the disk of node ${node}`] : [];
}

/** The hosts that the last words of its pods name. */
export function unreachedBy({ pods }: Counted): string[] {
  const own = new Set(pods.flatMap(({ facts }) => facts?.aliases ?? []));
  const hosts = pods.flatMap(({ facts }) => facts?.hosts ?? []).filter(({ where }) => where === "last words");
  return [...new Set(hosts.map(({ host }) => host))].filter((host) => !own.has(host.split(".")[0] ?? ""));
}

function named(message: string, pattern: RegExp, words: (parts: [string, string, string]) => string): string[] {
  const match = pattern.exec(message);
  return match === null ? [] : [words([match[1] ?? "", match[2] ?? "", match[3] ?? ""])];
}
