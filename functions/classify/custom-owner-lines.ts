import * as z from "zod";
import type { CustomOwner, CustomResource } from "../facts/custom-owners.ts";
import { fieldWriters, lastWriter, setBelow } from "../shared/kubernetes/managed-fields.ts";

/** How many of its conditions are told. */
const MAX_CONDITIONS = 2;
/** How many of its fields are named. */
const MAX_FIELDS = 5;

/** Conditions that are as they should be while they are false, unless `No` stands before it: `NoWarnings`. */
const ABNORMAL =
  /degraded|fail|error|stalled|pressure|unavailable|unhealthy|unreachable|notready|warning|invalid|conflict|denied|exceeded|blocked|drift|outofsync|missing|lost/i;
const NONE_OF = /^No[A-Z]/;
/** Conditions that say what goes on, whether that is well or not. */
const PASSING =
  /progressing|reconciling|paused|suspended|terminating|updating|upgrading|scaling|pending|issuing|creating|rolling|recovering|backup/i;

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  lastTransitionTime: z.string().optional().catch(undefined),
});
type Condition = z.output<typeof Condition>;

const Status = z.object({
  conditions: z.array(Condition.optional().catch(undefined)).optional().catch(undefined),
  phase: z.string().optional().catch(undefined),
  observedGeneration: z.number().optional().catch(undefined),
});

/** What is wrong with the custom resources that own a workload, and what was changed on them last, as evidence lines. */
export function customOwnerLines(owners: readonly CustomOwner[]): string[] {
  return owners.flatMap((owner) => linesOf(owner).map((line) => `${owner.kind} ${owner.name}, which owns it, ${line}`));
}

function linesOf(owner: CustomOwner): string[] {
  switch (owner.state) {
    case "gone":
      return ["is gone, or was made anew"];
    case "unread":
      return owner.why === "forbidden"
        ? ["was not read: the role of classify lacks the permission, which `npm run rbac -- --custom-resource` prints"]
        : ["was not read: the API server did not answer with it"];
    case "there":
      return [...troubleOf(owner.object), ...lastChangeOf(owner.object)];
  }
}

function troubleOf({ metadata, status }: CustomResource): string[] {
  const { conditions = [], phase, observedGeneration } = Status.safeParse(status).data ?? {};
  const troubled = conditions.filter((condition) => condition !== undefined).filter(tellsOfTrouble);
  const generation = metadata?.generation;
  const isBehind = generation !== undefined && observedGeneration !== undefined && observedGeneration < generation;
  return [
    ...troubled.slice(0, MAX_CONDITIONS).map(described),
    ...(troubled.length === 0 && phase !== undefined && phase !== "" ? [`is in phase ${phase}`] : []),
    ...(isBehind ? [`has a change that its operator has not taken up: its status is of an earlier one`] : []),
  ];
}

function tellsOfTrouble({ type, status }: Condition): boolean {
  if (ABNORMAL.test(type) && !NONE_OF.test(type)) return status === "True";
  return status !== "True" && !PASSING.test(type);
}

function described({ type, status, reason = "", message = "", lastTransitionTime }: Condition): string {
  const since = lastTransitionTime === undefined ? "" : ` since ${lastTransitionTime}`;
  const why = [reason, message].filter((text) => text !== "").join(": ");
  return `has ${type}=${status}${since}${why === "" ? "" : ` (${why})`}`;
}

/** Who wrote to its spec last, with the fields of it that this writer has set, then or before. */
function lastChangeOf({ metadata }: CustomResource): string[] {
  const writer = lastWriter(metadata, ["spec"]);
  if (writer === undefined) return [];
  const fields = fieldWriters(metadata)
    .filter(({ manager, time }) => manager === writer.manager && time?.getTime() === writer.at.getTime())
    .flatMap((one) => Object.keys(setBelow(one.fields, ["spec"]) ?? {}))
    .flatMap((field) => (field.startsWith("f:") ? [field.slice(2)] : []));
  const named =
    fields.length === 0 ? "" : ` (${fields.slice(0, MAX_FIELDS).join(", ")}${fields.length > MAX_FIELDS ? ", …" : ""})`;
  return [
    `has by its managed fields a spec that ${writer.manager} was the last to write, at ${writer.at.toISOString()}${named}`,
  ];
}
