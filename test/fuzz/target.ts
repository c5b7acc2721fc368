import type { Arbitrary } from "../support/properties.ts";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import { Policy } from "../../functions/shared/policy.ts";
import { NOW } from "../support/objects.ts";
import type { WorldCluster } from "./world.ts";

/** One way into the functions that takes what others have written. */
export interface Target {
  /** As `--target` takes it. */
  name: string;
  /** One line, for `--help`. */
  summary: string;
  /** Inputs to begin with. */
  seeds: Arbitrary<unknown>;
  /** Runs the functions on one input, which may be any JSON. @throws Broken, or what else breaks a promise */
  run: (input: unknown) => Promise<void>;
  /** Fields of inputs that are worth their name, beside those that the functions read. */
  words?: readonly string[];
}

/** What is said and done while a step runs on a cluster of this world. */
export function environmentOf(
  cluster: WorldCluster,
  policy: Policy,
  published: Notification[] = [],
): NotifyEnvironment {
  return {
    connect: () => Promise.resolve(cluster),
    policy: () => policy,
    now: () => NOW,
    publish: (notification) => {
      published.push(notification);
      return Promise.resolve();
    },
    measure: () => undefined,
  };
}

/** The policy, or the default where it would be refused: no step runs with one that is. */
export function policyOf(value: unknown): Policy {
  return Policy.safeParse(value).data ?? Policy.parse({});
}

/** A field of a value that may be anything. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (Object.getOwnPropertyDescriptor(value, name)?.value as unknown)
    : undefined;
}
