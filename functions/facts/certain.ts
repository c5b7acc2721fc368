import { containerStatuses } from "../shared/kubernetes/pods.ts";
import type { FailingPod } from "./case.ts";
import { IMAGE_REASONS, imageMeaning } from "./image.ts";
import { statusSayings } from "./sayings.ts";
import { NODE_LACKS_WORDS } from "./words/config.ts";
import { meaningOf } from "./words/meaning.ts";

/** What a shell, or the runtime in its place, ends with when a command may not be run or is not found. */
const NO_COMMAND_EXIT_CODES: readonly number[] = [126, 127];

/** The words of runc and crun for a command that is not in the image, may not be run, or is of another platform. */
const NO_COMMAND =
  /executable file .*not found|\bexec:? "?\/\S+: .*(?:no such file or directory|permission denied)|exec format error|no command specified/i;

/**
 * The kubelet's words for what a container refers to and what does not exist, and for a user that it may not run as.
 * Other messages of that reason pass by themselves: `failed to sync configmap cache`, `services have not yet been read`.
 * Source: kubernetes pkg/kubelet/kubelet_pods.go, pkg/kubelet/kuberuntime/security_context_others.go
 */
const NO_OBJECT =
  /\b(?:secret|configmap) "[^"]+" not found|couldn't find key \S+ in (?:Secret|ConfigMap)|runAsNonRoot|non-numeric user/i;

/**
 * Whether the pod fails in a way that cannot pass by itself: its image, its command, or an object that it refers to is not
 * there. Somebody may still bring it; the pod itself will not.
 */
export function failsForCertain(failing: FailingPod): boolean {
  return lacksImage(failing) || lacksObject(failing) || lacksCommand(failing);
}

/** Whether the registry has no such image, or none for the node's platform. */
function lacksImage(failing: FailingPod): boolean {
  const cause = imageMeaning(statusSayings([failing], IMAGE_REASONS))?.cause;
  return cause === "ImageNotFound" || cause === "ImageForAnotherPlatform";
}

function lacksObject({ failures }: FailingPod): boolean {
  return failures.some(
    ({ reason, message = "" }) => reason === "CreateContainerConfigError" && NO_OBJECT.test(message),
  );
}

/** Whether a failing container has no command to run. While it backs off, only its last end tells why. */
export function lacksCommand({ pod, failures }: FailingPod): boolean {
  return failures.some(({ container, exitCode, message = "" }) => {
    const status = containerStatuses(pod).find(({ name }) => name === container);
    const ended = status?.state?.terminated ?? status?.lastState?.terminated;
    if (exitCode !== undefined && NO_COMMAND_EXIT_CODES.includes(exitCode)) return true;
    const said = [message, ended?.message ?? ""];
    return said.some((words) => NO_COMMAND.test(words) && !isOfTheNode(words));
  });
}

/** Whether the words are about a program of the node's, which another node may have. */
function isOfTheNode(message: string): boolean {
  return meaningOf(NODE_LACKS_WORDS, [{ reason: "", message }]) !== undefined;
}
