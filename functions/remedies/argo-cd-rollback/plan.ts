import type { Case } from "../../facts/case.ts";
import { ownerOf, TEMPLATE } from "../../facts/owners.ts";
import type { ReadOthers } from "../../facts/evidence.ts";
import { isRemediationError } from "../../shared/errors.ts";
import { collectionOf } from "../../shared/cluster/paths.ts";
import { getIfThere } from "../../shared/cluster/get-if-there.ts";
import { objectAt, pathOf, type ReadObject } from "../../shared/object-ref.ts";
import type { NoRemedy, Plan } from "../remedy.ts";
import {
  applicationRef,
  ARGO_CD,
  deploysHere,
  entryFor,
  projectRef,
  syncedBy,
  type Application,
  type AppProject,
} from "../../facts/argo-cd-application.ts";
import type { ArgoCdRollbackPlan } from "./contract.ts";
import { deploymentBefore } from "./deployment-before.ts";
import { automatedSync, whyLeftToPeople, whyMadeAnew } from "./left-to-people.ts";

/**
 * Reads the Applications that sync a workload, and their projects; nothing for a workload that Argo CD does not keep, where
 * Argo CD is not installed, and where its Applications may not be read.
 */
export const readApplications: ReadOthers = async (reader, ref, { workload }, policy) => {
  if (ownerOf(workload?.metadata, TEMPLATE)?.tool?.name !== ARGO_CD) return [];
  const { namespace } = policy.argo_cd;
  const { apiVersion, plural } = applicationRef({ namespace, name: "" });
  try {
    const all = await reader.list<Application, Application | undefined>(
      collectionOf({ apiVersion, plural }, namespace),
      {},
      (application) => (isOf(application, ref) ? application : undefined),
    );
    const applications = all.filter((application) => application !== undefined);
    const others = await Promise.all(
      applications.map(async (application): Promise<ReadObject[]> => {
        const project = projectRef(namespace, application);
        const object = await getIfThere<AppProject>(reader, pathOf(project));
        return [
          { ref: applicationRef({ namespace, name: application.metadata?.name ?? "" }), object: application },
          ...(object === undefined ? [] : [{ ref: project, object }]),
        ];
      }),
    );
    return others.flat();
  } catch (error) {
    if (isRemediationError(error, "NotFound", "Forbidden")) return [];
    throw error;
  }
};

function isOf(application: Application, ref: Parameters<typeof entryFor>[1]): boolean {
  return deploysHere(application) && entryFor(application, ref) !== undefined;
}

/** What Argo CD has to do in the place of a rollback, or why that is left to people. */
export function throughApplication(plan: Plan, facts: Case): ArgoCdRollbackPlan | NoRemedy {
  const { evidence, policy, revisions } = facts;
  const { workload } = evidence.incident;
  const { namespace } = policy.argo_cd;
  if (plan.action !== "rollback") return left("Not done through Argo CD.");
  const applications = evidence.others.filter(({ ref }) => ref.kind === "Application");
  const [found, another] = applications;
  if (found === undefined) {
    return left(
      `Argo CD keeps it, and no Application in namespace ${namespace} is seen to sync it to this cluster (argo_cd.namespace in the policy, infra/rbac-argo-cd.yaml). Revert the change in its Git repository.`,
    );
  }
  if (another !== undefined) {
    const names = applications.map(({ ref }) => ref.name).slice(0, 3);
    return left(`Several Applications sync it (${names.join(", ")}): Argo CD has to be told which of them it is of.`);
  }
  const application = found.object as Application;
  const name = `Application ${namespace}/${found.ref.name}`;
  const project = objectAt<AppProject>(projectRef(namespace, application), evidence.others);
  const automated = automatedSync(application);
  const why =
    whyLeftToPeople(application, project, workload) ??
    whyMadeAnew(application, evidence.workload?.metadata) ??
    (typeof automated === "string" ? automated : undefined);
  if (why !== undefined || typeof automated === "string") {
    return left(`${name} syncs it, and was left as it is. ${why ?? ""}`);
  }
  if (plan.unblocked.length > 0) {
    return left(
      `${name} syncs it, and was left as it is. Going back takes the deletion of ${plan.unblocked.length} of its pods as well, which Argo CD does not do.`,
    );
  }
  const deployments = deploymentBefore(application, revisions, plan.before, plan.after);
  const uid = application.metadata?.uid;
  if (typeof deployments === "string" || uid === undefined) {
    return left(
      `${name} syncs it, and which of its deployments to go back to cannot be told. ${typeof deployments === "string" ? deployments : ""} Look at \`argocd app history ${found.ref.name}\`, and revert the change in Git.`,
    );
  }
  return {
    action: "argo-cd-rollback",
    before: plan.before,
    after: plan.after,
    application: { namespace, name: found.ref.name, uid },
    automated,
    ...deployments,
    resources: syncedBy(application).length,
  };
}

function left(message: string): NoRemedy {
  return { action: "none", refusal: "ManagedByAnotherTool", message };
}
