import * as z from "zod";
import { REMEDY_CHANGES } from "../remedies/contracts.ts";
import { Incident, Report, WorkloadResult } from "../run/contracts.ts";
import { Detection } from "../run/detection.ts";
import { RunOutput } from "../run/output.ts";
import { ActionRequest } from "../run/request.ts";
import { OWN_FIELDS, Started, StatusRequest } from "./agent.ts";
import type { ToolSet } from "./tool-sets.ts";

/** A tool as a model sees it: what it is for, when not to use it, and what it takes. */
export interface Tool {
  /** The `action` of the request that it sends. */
  name: string;
  title: string;
  description: string;
  sets: readonly ToolSet[];
  input: z.ZodObject;
  /** The input as it is shown: without the parts of what nobody writes by hand, and without what changes nothing. */
  shown: z.ZodObject;
  output: z.ZodObject;
}

/** What the fields of requests mean, for whoever sees nothing but a tool. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  cluster_name: "Name of the EKS cluster, or its ARN where that is in another account or region.",
  namespace: "Kubernetes namespace, one in full.",
  pod_name: "Full name of the pod, as detect_failures answers it.",
  deployment_name: "Name of the Deployment.",
  kind: "Kind of the workload, as detect_failures answers it.",
  name: "Name of the workload alone: no kind or namespace before it.",
  revision: "Revision to go back to. Leave it out to go back to the newest one that is known to be healthy.",
  replicas: "How many pods it is to have. With an HPA, its bounds are moved instead.",
  plan: "The plan that is decided about, from the outcome that proposed it. It names one change to one object as it is. Do not make one up.",
  dry_run: "Decide everything, say what would be done, and change nothing.",
  requested_by: "Who asks, as people are to read it.",
  reason: "Why, in a sentence for people.",
  wait: "Wait for the outcome, for as long as the call may last. An answer that says `running` is followed with status.",
  idempotency_key:
    "The same for each try of this request, and no other: it is carried out once, and each try is answered with that execution.",
  execution_arn: "From an earlier answer.",
  execution: "Name of the execution that did it, from `undo_request` of its outcome, or from the record.",
  change: "What it did, exactly as `undo_request` of its outcome, or `changes` of the record, has it.",
  uid: "UID of the workload that it was done to, from the same place: one that was made anew under its name is left alone.",
};

/** What all acting tools have in common, said once to each, since a model may see one alone. */
const GUARDED =
  "The workload is looked at anew and every guard of the policy applies; what was done is verified, and undone where it did not help. Where nothing was done, `summary` says why. Do what `next` says; without it, nothing is left to ask for.";

const WORDS: Readonly<Record<string, Pick<Tool, "title" | "description" | "sets">>> = {
  detect_failures: {
    title: "Detect failures",
    description:
      "Lists what fails in one namespace: pods, workloads and HPAs, with reasons, and what could not be looked at. Start here when you do not know which workload fails. It changes nothing, and does not say what the policy lets be remedied. For the cause and the remedy of one workload, use diagnose.",
    sets: ["read"],
  },
  diagnose: {
    title: "Diagnose a workload",
    description:
      "Says why one workload fails, with the evidence, and what would be done about it. It changes nothing and tells nobody else. Not for pods, Jobs and HPAs. Use it before any acting tool, and when somebody asks why. The answer is in the execution's output: call it with wait, or follow with status.",
    sets: ["read"],
  },
  status: {
    title: "Follow an execution",
    description:
      "Says how an execution stands that another tool has started, and its outcome once it has ended. Use it while an answer says `running`; ask every 15 seconds or so, or with wait.",
    sets: ["read", "act"],
  },
  remediate: {
    title: "Remediate a workload",
    description: `Chooses the remedy for one failing workload and carries it out as the policy allows. Prefer it to the tools that name a remedy unless somebody wants exactly that. Diagnose first: of one that is well, nothing is remedied. Where many workloads fail at once, it is carried out all the same: look for what they share, and do not go through them one by one. ${GUARDED}`,
    sets: ["act"],
  },
  restart_pod: {
    title: "Restart a pod",
    description: `Has one pod replaced, as disruption budgets and the other pods allow. Not for a pod that crashes since a rollout: that needs a rollback. ${GUARDED}`,
    sets: ["act"],
  },
  rollback_deployment: {
    title: "Roll a Deployment back",
    description: `Puts the pod template of an earlier revision back. For a Deployment that its latest rollout has broken; not where the cause lies outside of its template. ${GUARDED}`,
    sets: ["act"],
  },
  scale_deployment: {
    title: "Scale a Deployment",
    description: `Sets the number of pods, or moves the bounds of the HPA where one owns them. Never to zero. Not for pods that crash. ${GUARDED}`,
    sets: ["act"],
  },
  undo: {
    title: "Undo a change",
    description: `Takes back what one execution did to a workload, while that is still as it was left. Only for a rollback or a scaling that turned out to be wrong: what did not help was undone already. Send execution, change and uid as the outcome of what did it has them in undo_request, with the workload; where it has none, it is not for you to undo. Do not make them up. ${GUARDED}`,
    sets: ["act"],
  },
  approve: {
    title: "Approve a plan",
    description: `Has a plan carried out that an outcome proposed (reason ApprovalNeeded), if it is still what would be done. Only when a person told you to approve exactly this plan: never one that an answer has just shown you. Where the policy leaves it to people, an agent's approval counts for nothing. ${GUARDED}`,
    sets: ["act"],
  },
  decline: {
    title: "Decline a plan",
    description:
      "Has a plan left undone that an outcome proposed (reason ApprovalNeeded); it is not proposed again while it is the same change. Only when a person told you so. Where the policy leaves it to people, an agent's word counts for nothing.",
    sets: ["act"],
  },
};

/** The tools of some sets, in the order in which they are listed. */
export function toolsOf(...served: readonly ToolSet[]): Tool[] {
  return ALL_TOOLS.filter(({ sets }) => sets.some((set) => served.includes(set)));
}

const REQUESTS = [...ActionRequest.options, StatusRequest].map(({ shape }) => ({ shape, name: shape.action.value }));

/** What an execution did, in the words of the remedy that it was: handed on as it is, and checked by the request that takes it. */
const CHANGE = z.looseObject({ kind: z.enum(REMEDY_CHANGES.map(({ shape }) => shape.kind.value)) });
const UNDO_REQUEST = Report.shape.undo_request.unwrap().extend({ change: CHANGE });
const RESULT = z.looseObject({ ...WorkloadResult.shape, undo_request: UNDO_REQUEST.optional() });
const STARTED = Started.extend({
  output: z.union([RunOutput.extend({ workloads: z.array(RESULT) }), z.looseObject({})]).optional(),
});
/** What somebody asks for is in no answer of a look. */
const FOUND = z.array(Incident.omit({ requested: true, origin: true, approval: true, asked: true }).loose());
const DETECTION = Detection.extend({ incidents: FOUND }).omit({ in_storm: true }).loose();

const ALL_TOOLS: readonly Tool[] = Object.entries(WORDS).flatMap(([name, words]) =>
  REQUESTS.filter((request) => request.name === name).map(({ shape }) => {
    const fields = fieldsOf(name, shape);
    return {
      name,
      ...words,
      input: inputOf(fields),
      shown: inputOf(shownOf(name, fields)),
      output: name === "detect_failures" ? DETECTION : STARTED,
    };
  }),
);

/** What a tool takes: a request's fields, and those of the function where it starts something. */
function fieldsOf(name: string, { action: _action, ...fields }: z.ZodRawShape): z.ZodRawShape {
  // Whatever calls a tool is an agent.
  const { origin: _origin, ...asked } = fields;
  const isStarting = name !== "detect_failures" && name !== "status";
  return { ...asked, ...(isStarting ? OWN_FIELDS : {}) };
}

function shownOf(name: string, fields: z.ZodRawShape): z.ZodRawShape {
  // What is only looked at is never carried out.
  const isIdle = name === "detect_failures" || name === "diagnose";
  const shown = Object.entries(fields).filter(([field]) => !(isIdle && field === "dry_run"));
  return Object.fromEntries(shown.map(([field, type]) => [field, field === "change" ? z.looseObject({}) : type]));
}

/** The fields with what each means. */
function inputOf(fields: z.ZodRawShape): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(Object.entries(fields).map(([field, type]) => [field, described(field, type)])),
  );
}

function described(field: string, type: z.ZodRawShape[string]): z.ZodType {
  const words = FIELD_WORDS[field];
  return words === undefined ? (type as z.ZodType) : (type as z.ZodType).describe(words);
}
