import { consoleLink } from "../run/console-link.ts";
import type { DecisionRequest } from "../run/request.ts";
import type { Proposal } from "../run/decision-link.ts";
import { moment } from "../shared/text.ts";
import type { FormRefusal } from "./call.ts";
import { markup, page, type Html, type Page } from "./page.ts";

type Decision = DecisionRequest["action"];

/** How long a name may be that somebody gives as their own. */
export const MAX_NAME = 100;

/** What is proposed, and the form that decides about it. */
export function proposalPage(proposal: Proposal): Page {
  // Enter in the field presses the first button: one that cannot be pressed, so that nobody decides by it.
  const form = markup`<form method="post" autocomplete="off">
    <button type="submit" disabled hidden></button>
    <label for="name">Your name (optional)</label>
    <input id="name" name="name" maxlength="${String(MAX_NAME)}" aria-describedby="name-hint" autocomplete="name" />
    <p class="hint" id="name-hint">It is told with the outcome. Nobody checks it.</p>
    <div class="buttons">
      <button type="submit" class="approve" name="decision" value="approve">Approve</button>
      <button type="submit" class="decline" name="decision" value="decline">Decline</button>
    </div>
  </form>`;
  return page(200, "Approve or decline?", [factsOf(proposal), form]);
}

function factsOf(proposal: Proposal): Html {
  return markup`<dl>
    <dt>Workload</dt>
    <dd>${workloadOf(proposal)}</dd>
    <dt>Cluster</dt>
    <dd>${proposal.cluster_name}</dd>
    <dt>What is wrong</dt>
    <dd>${proposal.cause}</dd>
    <dt>What would be done</dt>
    <dd class="would">${proposal.would}</dd>
    <dt>It may be approved until</dt>
    <dd>${moment(new Date(proposal.valid_until))}</dd>
    <dt>Plan</dt>
    <dd>${proposal.plan}</dd>
  </dl>`;
}

function workloadOf({ kind, namespace, name }: Proposal): string {
  return `${kind} ${namespace}/${name}`;
}

/** What was decided, and where what comes of it is to be seen. */
export function decidedPage(decision: Decision, proposal: Proposal, executionArn: string): Page {
  const workload = workloadOf(proposal);
  const next =
    decision === "approve"
      ? markup`<p>The workflow looks at ${workload} anew, and does this if it is still what would be done:</p>`
      : markup`<p>
          The workflow is told to leave this undone, and to propose it again only when it would be another change:
        </p>`;
  const told = markup`<p>
    The outcome is told like the proposal was. Should it say that nothing was decided yet, as something holds this back that
    passes, open this link again and press anew: until ${moment(new Date(proposal.valid_until))}. Otherwise this link does
    nothing more for this decision.
  </p>`;
  const heading = decision === "approve" ? "Approved" : "Declined";
  return page(200, heading, [next, factsOf(proposal), executionOf(executionArn), told]);
}

/** What is said where the same was decided by the same link before, or is about to be. */
export function alreadyPage(decision: Decision, proposal: Proposal, executionArn: string): Page {
  return page(409, "Decided already", [
    markup`<p>
      By this link it was ${WORD[decision]} before, and that counts once. Nothing more was started. What comes of it, or
      came of it:
    </p>`,
    executionOf(executionArn),
    factsOf(proposal),
  ]);
}

/** What is said where the same was pressed as often as a link may start an execution, and decided nothing. */
export function tooOftenPage(decision: Decision, proposal: Proposal, executionArn: string): Page {
  return page(409, "Pressed too often", [
    markup`<p>
      By this link it was ${WORD[decision]} many times, and held back each time. Nothing more was started. The message also
      has commands that do the same. What came of it the last time:
    </p>`,
    executionOf(executionArn),
    factsOf(proposal),
  ]);
}

const WORD: Readonly<Record<Decision, string>> = { approve: "approved", decline: "declined" };

function executionOf(arn: string): Html {
  const url = consoleLink(arn);
  const where = url === undefined ? markup`${arn}` : markup`<a href="${url}" rel="noreferrer">${arn}</a>`;
  return markup`<p>Execution: ${[where]}</p>`;
}

/** What is said of a link whose time is over. */
export function expiredPage({ valid_until }: Proposal): Page {
  return page(410, "This link has expired", [
    markup`<p>
      It could be used until ${moment(new Date(valid_until))}. Nothing was done. If it would still be done, it is
      proposed anew, with a new link.
    </p>`,
  ]);
}

/** What is said of everything that is no link of this workflow. */
export function invalidPage(): Page {
  return page(403, "This link is not valid", [
    markup`<p>
      It was cut, changed, or never made by this workflow. Nothing was done. Open it from the message itself, whole; the
      message also has commands that do the same.
    </p>`,
  ]);
}

export function methodPage(): Page {
  const said = markup`<p>This page is opened by its link and answered by its buttons. Nothing was done.</p>`;
  return page(405, "Not possible", [said], { allow: "GET, POST" });
}

const REFUSED: Readonly<Record<FormRefusal | "no decision", [statusCode: number, why: string]>> = {
  "too large": [413, "More was sent than this page's form has."],
  "no form": [415, "What was sent is no form."],
  "from elsewhere": [403, "The browser does not say that this page sent it."],
  "no decision": [400, "Neither Approve nor Decline was pressed."],
};

/** What is said of a form that decides nothing. */
export function refusedPage(refusal: keyof typeof REFUSED): Page {
  const [statusCode, why] = REFUSED[refusal];
  return page(statusCode, "Nothing was decided", [
    markup`<p>${why} Open the link again, and press a button there.</p>`,
  ]);
}

/** What is said where AWS did not answer as it has to. */
export function unavailablePage(): Page {
  return page(503, "Not possible just now", [
    markup`<p>
      Something that this page needs did not answer. Where a button was pressed, it is not known whether that arrived.
      Open the link again: the same decision counts once. The message also has commands that do the same.
    </p>`,
  ]);
}
