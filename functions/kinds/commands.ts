/** How people look at a workload of a kind, and take back what was done to it, as the words of command lines. */
export interface Commands {
  /** What kubectl calls it: `deployment`. */
  resource: string;
  /** Shows how far its rollout is; absent where no command does that. */
  look?(namespace: string, name: string): string[];
  /** Ends a pause of its rollouts; absent where they cannot be paused. */
  resume?(namespace: string, name: string): string[];
  /** Puts the template of a revision back; absent where no command does that. */
  rollBack?(namespace: string, name: string, revision: number): string[];
  /** Sets its replicas; absent where they are never set. */
  scale?(namespace: string, name: string, replicas: number): string[];
}

/** `kubectl rollout undo`, for the kinds that it knows. */
export function rolloutUndo(resource: string): Required<Commands>["rollBack"] {
  return (namespace, name, revision) => [
    ...["kubectl", "-n", namespace, "rollout", "undo", `${resource}/${name}`],
    `--to-revision=${revision}`,
  ];
}

/** `kubectl scale`, which knows every kind with a scale. */
export function kubectlScale(resource: string): Required<Commands>["scale"] {
  return (namespace, name, replicas) => [
    ...["kubectl", "-n", namespace, "scale", `${resource}/${name}`],
    `--replicas=${replicas}`,
  ];
}
