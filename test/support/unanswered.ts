import type { NotificationDocument } from "../../functions/notify/notification.ts";
import type { ContainerStatus, Pod } from "../../functions/shared/kubernetes/types.ts";

/** Runs a command of kubectl. @throws Error where the cluster has no answer */
type Kubectl = (args: readonly string[]) => Promise<string>;

/** Commands of a notification to which the cluster has no answer as it is now, each with why. */
export async function unanswered(document: NotificationDocument, kubectl: Kubectl): Promise<string[]> {
  const { commands, take_back, hands_off, hand_back } = document;
  const given = [...commands, ...take_back, ...hands_off, ...hand_back, ...inSentences(document)];
  const answers = await Promise.all(given.map(async (command) => [command, await whyNot(command, kubectl)] as const));
  return answers.flatMap(([command, why]) => (why === undefined ? [] : [`${command}: ${why}`]));
}

/** The commands that sentences hold. */
function inSentences({ next_steps: steps, evidence }: NotificationDocument): string[] {
  return [...steps, ...evidence].flatMap(
    (line) =>
      line.match(
        /kubectl (?:--context \S+ )?-n \S+ (?:delete lease [^`\s,;)]+(?<!\.)|(?:logs|describe|rollout undo) [^`.,;)]*)/g,
      ) ?? [],
  );
}

async function whyNot(command: string, kubectl: Kubectl): Promise<string | undefined> {
  const [tool, ...words] = command.trim().split(" ");
  if (tool !== "kubectl") return undefined;
  const namespaced = words[0] === "-n" ? words.slice(0, 2) : [];
  const [verb = "", ...rest] = words.slice(namespaced.length);
  const read = async (...what: string[]) =>
    JSON.parse(await kubectl([...namespaced, "get", ...what, "-o", "json"])) as Pod;
  try {
    switch (verb) {
      case "logs":
        return logOf(await read("pod", rest[0] ?? ""), rest);
      case "describe":
      case "annotate":
      case "delete":
      case "patch": {
        const [kind = "", name] = rest;
        if (name !== undefined) await read(plural(kind), name);
        else if (((await read(kind)) as { items?: unknown[] }).items?.length === 0) return `there is no ${kind}`;
        return undefined;
      }
      case "scale":
        await read(rest[0] ?? "");
        return undefined;
      case "rollout":
        return await revisionOf(rest, read);
      case "get":
      case "top":
        return undefined;
      default:
        return "it is of no kind that is known here";
    }
  } catch (error) {
    const { message } = error as Error;
    // A scenario may have pods of an owner whose kind it does not bring.
    return message.includes("doesn't have a resource type") && rest[0]?.includes(".") === true ? undefined : message;
  }
}

/** kubectl finds a kind of a group by its singular as well, the embedded one by its plural alone. */
function plural(kind: string): string {
  return kind.replace(/^(\w+)\./, "$1s.");
}

/** Source: kubernetes pkg/kubelet/kubelet_pods.go, validateContainerLogStatus */
function logOf({ status }: Pod, words: readonly string[]): string | undefined {
  const name = words.includes("-c") ? words[words.indexOf("-c") + 1] : undefined;
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const asked = name === undefined ? all : all.filter((container) => container.name === name);
  if (asked.length === 0) return "there is no such container";
  const hasLog = ({ state, lastState }: ContainerStatus) => {
    const before = lastState?.terminated?.containerID !== undefined;
    if (words.includes("--previous")) return before;
    return before || state?.running !== undefined || state?.terminated !== undefined;
  };
  const without = asked.filter((container) => !hasLog(container)).map((container) => container.name);
  return without.length === 0 ? undefined : `there is no log of ${without.join(", ")}`;
}

/** Whether the revision is there to which a rollout is to be taken back. */
async function revisionOf(
  words: readonly string[],
  read: (...what: string[]) => Promise<Pod>,
): Promise<string | undefined> {
  const [, target = ""] = words;
  const { metadata } = await read(target);
  const revision = words.find((word) => word.startsWith("--to-revision="))?.split("=")[1];
  const holders = target.startsWith("deployment/") ? "replicasets" : "controllerrevisions";
  const { items = [] } = (await read(holders)) as { items?: (Pod & { revision?: number })[] };
  const numbers = items
    .filter((item) => item.metadata?.ownerReferences?.some(({ uid }) => uid === metadata?.uid))
    .map((item) => item.metadata?.annotations?.["deployment.kubernetes.io/revision"] ?? String(item.revision));
  return numbers.includes(revision ?? "") ? undefined : `its revisions are ${numbers.join(", ")}`;
}
