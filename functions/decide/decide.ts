import type { StartedOnce } from "../executions/start.ts";
import { proposalIn, signedIn, type Proposal, type Signed } from "../run/decision-link.ts";
import type { DecisionRequest } from "../run/request.ts";
import { bounded } from "../shared/text.ts";
import { callOf, formOf } from "./call.ts";
import type { Page } from "./page.ts";
import {
  alreadyPage,
  decidedPage,
  expiredPage,
  invalidPage,
  MAX_NAME,
  methodPage,
  proposalPage,
  refusedPage,
} from "./pages.ts";

/** What the function behind the links may use. */
export interface DecideEnvironment {
  now(): Date;
  /** Whether a text has the code that this workflow's key makes of it. @throws RemediationError `WorkflowNotStarted` */
  isSigned(signed: Signed): Promise<boolean>;
  /** Starts the workflow once for each name. @throws RemediationError `WorkflowNotStarted` */
  start(name: string, request: DecisionRequest): Promise<StartedOnce>;
}

/**
 * Answers whoever opens a link, or presses a button of its page. Opening it changes nothing, however often and by whomever: mail
 * is opened by machines, too.
 * @throws RemediationError `InvalidStepInput`, `WorkflowNotStarted`
 */
export async function answerLink(event: unknown, environment: DecideEnvironment): Promise<Page> {
  const call = callOf(event);
  const { method } = call.requestContext.http;
  if (method !== "GET" && method !== "POST") return methodPage();
  const form = method === "POST" ? formOf(call) : undefined;
  if (typeof form === "string") return refusedPage(form);
  const signed = signedIn(call.rawPath);
  if (signed === undefined || !(await environment.isSigned(signed))) return invalidPage();
  const proposal = proposalIn(signed.text);
  if (proposal === undefined) return invalidPage();
  if (new Date(proposal.valid_until).getTime() <= environment.now().getTime()) return expiredPage(proposal);
  return form === undefined ? proposalPage(proposal) : await decide(proposal, form, environment);
}

async function decide(proposal: Proposal, form: URLSearchParams, environment: DecideEnvironment): Promise<Page> {
  const decision = form.get("decision");
  if (decision !== "approve" && decision !== "decline") return refusedPage("no decision");
  const request = requestOf(proposal, decision, form.get("name") ?? "");
  const { executionArn, isAlready } = await environment.start(executionName(proposal, decision), request);
  return (isAlready ? alreadyPage : decidedPage)(decision, proposal, executionArn);
}

function requestOf(
  { cluster_name, namespace, kind, name, plan }: Proposal,
  action: DecisionRequest["action"],
  given: string,
): DecisionRequest {
  const by = bounded(given, MAX_NAME);
  const requested_by = by === "" ? "whoever had the link" : `${by} (by the link; nobody checked the name)`;
  return { action, cluster_name, namespace, kind, name, plan, origin: "person", requested_by };
}

/** The same for the same decision about the same proposal: Step Functions starts one execution of a name in 90 days. */
function executionName({ plan, valid_until }: Proposal, decision: DecisionRequest["action"]): string {
  return `link-${decision}-${plan}-${new Date(valid_until).getTime()}`;
}
