import { createHash } from "node:crypto";
import type { ContainerStatus, Pod } from "../types.ts";
import { apiTime } from "../clock.ts";

type Container = NonNullable<Pod["spec"]>["containers"][number];

/** The status of a container that waits. */
export function waiting({ name, image = "" }: Container, reason: string, message?: string): ContainerStatus {
  return {
    name,
    image,
    imageID: "",
    lastState: {},
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
  };
}

/** The status of a container that runs since now. */
export function running(
  pod: Pod,
  container: Container,
  now: Date,
  { ready, restartCount = 0, lastState = {} }: { ready: boolean; restartCount?: number } & Partial<ContainerStatus>,
): ContainerStatus {
  return {
    name: container.name,
    image: container.image ?? "",
    ...identity(pod, container, now),
    lastState,
    ready,
    started: true,
    restartCount,
    state: { running: { startedAt: apiTime(now) } },
  };
}

/** The status of an init container that has done its work. */
export function completed(pod: Pod, container: Container, now: Date): ContainerStatus {
  const time = apiTime(now);
  return {
    name: container.name,
    image: container.image ?? "",
    ...identity(pod, container, now),
    lastState: {},
    ready: true,
    started: false,
    restartCount: 0,
    state: { terminated: { exitCode: 0, reason: "Completed", startedAt: time, finishedAt: time } },
  };
}

/** The kubelet's identity of a container that it has started. */
function identity({ metadata }: Pod, { name, image = "" }: Container, now: Date) {
  return {
    imageID: `docker.io/${image}@sha256:${sha256(image)}`,
    containerID: `containerd://${sha256(`${metadata?.uid ?? ""}${name}${now.toISOString()}`)}`,
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
