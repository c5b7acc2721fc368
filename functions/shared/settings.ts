import * as z from "zod";
import { ActionMode } from "./action-mode.ts";
import { clusterNameField, clusterOfArn, type ClusterPlace } from "./cluster-name.ts";
import { namespaceName, Policy, SomeActionModes, SomeOriginModes } from "./policy.ts";
import { bounded } from "./text.ts";
import { describeIssues } from "./validation.ts";

/**
 * What is set at run time: in two parameters, whose names begin alike. What is written here can only make the workflow more
 * careful than it is deployed.
 */

/** The names of the two parameters by what they begin with, and of the one that holds whose they are. */
export function parameterNames(path: string): { settings: string; stop: string; of: string } {
  return { settings: `${path}/settings`, stop: `${path}/stop`, of: `${path}/of` };
}

/** Within how many seconds what is set holds, wherever it is read: no function begins anything on what it read before. */
export const HOLDS_WITHIN_SECONDS = 30;

const seconds = z.int().min(0).max(86_400);
const many = z.int().min(1).max(1_000);

/** The policy's patience, field by field. */
const PATIENCE = Object.fromEntries(
  Object.keys(Policy.shape.detect.unwrap().shape).map((name) => [name, seconds.optional()]),
) as Record<keyof Policy["detect"], z.ZodOptional<typeof seconds>>;

/** What is set for some clusters. */
const Entry = z
  .strictObject({
    /** Clusters of these accounts alone. */
    accounts: z
      .array(z.string().regex(/^\d{12}$/, "must be an account's 12 digits"))
      .min(1)
      .optional(),
    /** These clusters alone: by name, whichever accounts and regions have one of that name, or by ARN. */
    clusters: z.array(clusterNameField).min(1).optional(),
    /** These namespaces alone. */
    namespaces: z.array(namespaceName).min(1).optional(),
    /** As the policy's `modes`. */
    modes: SomeOriginModes.extend({ all: ActionMode.optional() }).default({}),
    /** As the policy's `actions`. */
    actions: SomeActionModes.default({}),
    /** As the policy's `limits`: of the two numbers the smaller holds. */
    limits: z.strictObject({ concurrent: many, per_namespace: many, per_hour: many }).partial().optional(),
    /** As the policy's `cool_down`: of the two times the longer holds. */
    cool_down: z.strictObject({ base_seconds: seconds, max_seconds: seconds }).partial().optional(),
    /** As the policy's `detect`: of the two times the longer holds. */
    detect: z.strictObject(PATIENCE).optional(),
  })
  .superRefine(({ namespaces, modes, actions, ...values }, context) => {
    const numbers = [values.limits, values.cool_down, values.detect];
    const isSaid = numbers.some((each) => each !== undefined);
    if (namespaces !== undefined && isSaid) {
      const message = "limits, cool_down and detect hold for whole clusters: leave out namespaces";
      context.addIssue({ code: "custom", message });
    }
    if (!isSaid && Object.keys(modes).length === 0 && Object.keys(actions).length === 0)
      context.addIssue({ code: "custom", message: "sets nothing" });
  });
export type Entry = z.output<typeof Entry>;

/** What the first parameter holds, as JSON: of each thing that is set, the first entry that names it decides. */
export const Settings = z.strictObject({ entries: z.array(Entry).max(200).default([]) });
export type Settings = z.output<typeof Settings>;

/** What the second parameter holds, as JSON. Whatever else it holds, everything is stopped. */
const Switch = z.discriminatedUnion("stopped", [
  z.strictObject({ stopped: z.literal(false), by: z.string(), at: z.string() }),
  z.strictObject({ stopped: z.literal(true), by: z.string(), at: z.string(), reason: z.string().optional() }),
]);
export type Switch = z.input<typeof Switch>;

/** That everything is stopped; who did that, when, and why, as far as they have said so. */
export interface Stopped {
  by?: string;
  at?: string;
  reason?: string;
}

/** Reads the first parameter's text; none is no settings. @throws Error saying what is wrong with it */
export function parseSettings(text: string | undefined): Settings {
  if (text === undefined) return { entries: [] };
  const parsed = Settings.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(describeIssues(parsed.error));
  return parsed.data;
}

/** Reads the second parameter's text: undefined only where there is none, or it says that nothing is stopped. */
export function parseSwitch(text: string | undefined): Stopped | undefined {
  if (text === undefined) return undefined;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { reason: bounded(text) };
  }
  const { data } = Switch.safeParse(raw);
  if (data === undefined) return { reason: bounded(text) };
  if (!data.stopped) return undefined;
  const { by, at, reason } = data;
  return { by: bounded(by), at: bounded(at), ...(reason === undefined ? {} : { reason: bounded(reason) }) };
}

/** That everything is stopped, as people are told it. */
export function stoppedWords({ by, at, reason }: Stopped): string {
  const who = [...(by === undefined ? [] : [` by ${by}`]), ...(at === undefined ? [] : [` since ${at}`])].join("");
  return `Everything is stopped${who}${reason === undefined || reason === "" ? "" : ` (${reason})`}`;
}

/** Whether an entry is for a cluster. */
export function selects({ accounts, clusters }: Pick<Entry, "accounts" | "clusters">, place: ClusterPlace): boolean {
  if (accounts !== undefined && !accounts.includes(place.account)) return false;
  if (clusters === undefined) return true;
  return clusters.some((text) => {
    const named = clusterOfArn(text);
    if (named === undefined) return text === place.name;
    return named.name === place.name && named.account === place.account && named.region === place.region;
  });
}
