import type { Report, WorkloadRun } from "../run/contracts.ts";
import { linkTo, Proposal } from "../run/decision-link.ts";
import { refusalOf } from "../shared/aws/refusal.ts";
import { bounded } from "../shared/text.ts";
import type { Links } from "./environment.ts";

/** How much of what is wrong, and of what would be done, a link carries: all of it has to fit into one call of the key. */
const MAX_CAUSE = 250;
const MAX_WOULD = 450;

/** A link by which people decide; or why there is none. */
export type Link = { url: string } | { problem: string };

/** The link to what is proposed; undefined where nothing is, or where links are switched off. Never fails: people are told all the same. */
export async function linkOf(run: WorkloadRun, report: Report, links: Links | undefined): Promise<Link | undefined> {
  const { plan, valid_until } = report;
  const { remedy, summary = "" } = run.diagnosis ?? {};
  if (links === undefined || plan === undefined || valid_until === undefined || remedy?.action !== "none")
    return undefined;
  const { kind, namespace, name } = run.incident.workload;
  const proposal = Proposal.safeParse({
    cluster_name: run.cluster_name,
    namespace,
    kind,
    name,
    plan,
    valid_until,
    cause: bounded(summary, MAX_CAUSE),
    would: bounded(remedy.message, MAX_WOULD),
  });
  if (!proposal.success) return { problem: "it has a name that no request takes" };
  try {
    return { url: await linkTo(links.address, proposal.data, (text) => links.sign(text)) };
  } catch (error) {
    return { problem: refusalOf(error).message };
  }
}
