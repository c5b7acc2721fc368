import type { Case } from "../../facts/case.ts";
import { applicationRef, revisionsOf, type Application } from "../../facts/argo-cd-application.ts";
import { objectAt } from "../../shared/object-ref.ts";
import type { ArgoCdRollbackChange, ArgoCdRollbackPlan } from "./contract.ts";

/**
 * The automated sync resumed exactly as it was, of an Application that is as the remedy left it. Which version that brings is for
 * its source, so that people are told what that held when Argo CD looked last.
 */
export function takenBack({ kind: action, ...parts }: ArgoCdRollbackChange, { evidence }: Case): ArgoCdRollbackPlan {
  const application = objectAt<Application>(applicationRef(parts.application), evidence.others);
  const source = revisionsOf(application?.status?.sync ?? {}).filter((revision) => revision !== "");
  return { action, ...parts, back: { source } };
}
