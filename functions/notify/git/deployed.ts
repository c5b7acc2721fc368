import { isRollback } from "../../remedies/contracts.ts";
import type { NotificationDocument } from "../notification.ts";
import { isAsked } from "./occasion.ts";
import type { Deployed } from "./server.ts";

/** A commit of Git, by its hash. */
const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Which commit was deployed when it failed, and which one runs again; or why that is not told. It is told of a rollback through Argo
 * CD that helped: both were deployed by one Application, from one source, one after the other.
 */
export function deployedOf(document: NotificationDocument): Deployed | { unsure: string } {
  const { outcome, action, change } = document;
  if (outcome !== "Recovered" || !isRollback(action)) return { unsure: "it was not rolled back" };
  if (isAsked(document)) return { unsure: "somebody has asked for the rollback" };
  if (change?.kind !== "argo-cd-rollback") return { unsure: WHY[action] ?? "what was deployed is not told" };
  const [[from = "", ...more], [to = ""]] = [change.from.revisions, change.to.revisions];
  if (more.length > 0) return { unsure: "the Application has several sources" };
  if (!COMMIT.test(from) || !COMMIT.test(to)) return { unsure: "what the Application deployed is no commit of Git" };
  if (from === to) return { unsure: "both deployments are of the same commit" };
  return { from, to };
}

/** Why no commit is told of a rollback by other means. */
const WHY: Readonly<Record<string, string>> = {
  rollback: "it was rolled back on the cluster, where nothing says from which commit it was deployed",
  "flux-rollback": "Flux says which revision it had in place, and not from which one the version before it came",
  "rollout-abort": "its rollout was aborted on the cluster, where nothing says from which commit it was deployed",
  "helm-rollback": "Helm does not say from which commit a release was made",
};
