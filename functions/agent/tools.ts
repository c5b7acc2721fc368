import * as z from "zod";
import { Detection } from "../run/detection.ts";
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
  output: z.ZodObject;
}

/** What the fields of requests mean, for whoever sees nothing but a tool. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  cluster_name: "Name of the EKS cluster.",
  namespace: "Kubernetes namespace of the workload.",
  pod_name: "Full name of the pod, as detect_failures answers it.",
  deployment_name: "Name of the Deployment.",
  kind: "Kind of the workload.",
  name: "Name of the workload.",
  revision: "Revision to go back to. Leave it out to go back to the newest one that is known to be healthy.",
  replicas: "How many pods it is to have. With an HPA, its bounds are moved instead.",
  plan: "The plan that is decided about, from the outcome that proposed it. It names one change to one object as it is.",
  dry_run: "Decide everything, say what would be done, and change nothing.",
  requested_by: "Who asks, as people are to read it.",
  reason: "Why, in a sentence for the people who are told of the outcome.",
  wait: "Wait for the outcome, for as long as the call may last. Without it the answer says where the execution runs.",
  idempotency_key: "The same for each try of this request, and no other: it is carried out once.",
  execution_arn: "From an earlier answer.",
  execution: "Name of the execution that did it, from `undo_request` of its outcome, or from the record.",
  change: "What it did, exactly as `undo_request` of its outcome, or `changes` of the record, has it.",
  uid: "UID of the workload that it was done to, from the same place: one that was made anew under its name is left alone.",
};

/** What all acting tools have in common, said once to each, since a model may see one alone. */
const GUARDED =
  "The workload is looked at anew and every guard of the policy applies; what was done is verified, and undone where it did not help. Outcome Skipped names the refusal in `reason`: AlreadyClaimed, CoolingDown, RolloutInProgress, MayPass and the like pass by themselves, so ask again later; ApprovalNeeded waits for a person; any other needs a person, so do not retry it.";

const WORDS: Readonly<Record<string, Pick<Tool, "title" | "description" | "sets">>> = {
  detect_failures: {
    title: "Detect failures",
    description:
      "Lists what fails in one namespace: pods, workloads and HPAs, with reasons, and what could not be looked at. Start here when you do not know which workload fails. It changes nothing. It is no health check of one workload: for the cause and the remedy, use diagnose.",
    sets: ["read"],
  },
  diagnose: {
    title: "Diagnose a workload",
    description:
      "Says why one workload fails, with the evidence, and what would be done about it. It changes nothing and tells nobody else. Use it before any acting tool, and when somebody asks why. The answer is in the execution's output: call it with wait, or follow with status.",
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
    description: `Chooses the remedy for one failing workload and carries it out as the policy allows. Prefer it to the tools that name a remedy unless somebody wants exactly that. Diagnose first. Where many workloads fail at once, it is carried out all the same: look for what they share, and do not go through them one by one. ${GUARDED}`,
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
    description: `Takes back what one execution did to a workload, while that is still as it was left. Only for a rollback or a scaling that turned out to be wrong: what did not help was undone already. Send execution, change and uid as the outcome of what did it has them in undo_request, with the workload; where it has none, there is nothing to undo. Do not make them up. ${GUARDED}`,
    sets: ["act"],
  },
  approve: {
    title: "Approve a plan",
    description: `Has a plan carried out that an outcome proposed (reason ApprovalNeeded), if it is still what would be done. Only when a person told you to approve exactly this plan. PlanChanged and ApprovalExpired propose anew: show that to the person. ${GUARDED}`,
    sets: ["act"],
  },
  decline: {
    title: "Decline a plan",
    description:
      "Has a plan left undone that an outcome proposed (reason ApprovalNeeded); it is not proposed again while it is the same change. Only when a person told you so.",
    sets: ["act"],
  },
};

/** The tools of some sets, in the order in which they are listed. */
export function toolsOf(...served: readonly ToolSet[]): Tool[] {
  return ALL_TOOLS.filter(({ sets }) => sets.some((set) => served.includes(set)));
}

const REQUESTS = [...ActionRequest.options, StatusRequest].map(({ shape }) => ({ shape, name: shape.action.value }));

const ALL_TOOLS: readonly Tool[] = Object.entries(WORDS).flatMap(([name, words]) =>
  REQUESTS.filter((request) => request.name === name).map(({ shape }) => ({
    name,
    ...words,
    input: inputOf(name, shape),
    output: name === "detect_failures" ? Detection : Started,
  })),
);

/** What a tool takes: a request's fields, and those of the function where it starts something, each with its meaning. */
function inputOf(name: string, { action: _action, ...fields }: z.ZodRawShape): z.ZodObject {
  // Whatever calls a tool is an agent.
  const { origin: _origin, ...asked } = fields;
  const isStarting = name !== "detect_failures" && name !== "status";
  const shape = { ...asked, ...(isStarting ? OWN_FIELDS : {}) };
  // What is only diagnosed is never carried out.
  const entries = Object.entries(shape).filter(([field]) => !(name === "diagnose" && field === "dry_run"));
  return z.strictObject(Object.fromEntries(entries.map(([field, type]) => [field, described(field, type)])));
}

function described(field: string, type: z.ZodRawShape[string]): z.ZodType {
  const words = FIELD_WORDS[field];
  return words === undefined ? (type as z.ZodType) : (type as z.ZodType).describe(words);
}
