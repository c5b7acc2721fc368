import { isDeepStrictEqual } from "node:util";
import { describeWorkload, readWorkload } from "../../kinds/workloads.ts";
import { getIfThere } from "../../shared/cluster/get-if-there.ts";
import type { JsonPatchOperation } from "../../shared/cluster/cluster.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import { pathOf } from "../../shared/object-ref.ts";
import { alreadySo } from "../already-so.ts";
import { escapedMark } from "../marks.ts";
import type { Declined, Done, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import {
  applicationRef,
  deploymentOf,
  INITIATOR,
  PAUSED_ANNOTATION,
  PAUSED_LABEL,
  projectRef,
  type Application,
  type AppProject,
  type Deployed,
} from "../../facts/argo-cd-application.ts";
import type { ArgoCdRollbackChange, ArgoCdRollbackPlan } from "./contract.ts";
import { hasAutomatedSync, whyLeftToPeople, whyMadeAnew } from "./left-to-people.ts";
import { isAsLeft, keptPolicy, operationOf, policyWriterSince } from "./seen.ts";

/** Where the marks are in a JSON patch. Source: RFC 6901, section 3 */
const ANNOTATION_PATH = `/metadata/annotations/${escapedMark(PAUSED_ANNOTATION)}`;
const LABEL_PATH = `/metadata/labels/${escapedMark(PAUSED_LABEL)}`;

/**
 * Pauses the Application's automated sync and starts a sync to its earlier deployment, both in one write, while it is as it was
 * diagnosed. Hooks do not run and nothing is pruned, as with `argocd app rollback`. Where that is to be taken back, does that.
 * @throws RemediationError `ObjectChanged` when the Application, its project or the workload is another by now; those of the
 *   writer
 */
export async function carryOut(
  writer: Writer,
  plan: ArgoCdRollbackPlan,
  { mayBeOwn }: Occasion,
): Promise<Done<ArgoCdRollbackChange> | Declined> {
  const { action: kind, ...parts } = plan;
  const change = { kind, ...parts };
  if (plan.back !== undefined) {
    return (await resume(writer, change)) || (await mayBeOwn()) ? { change } : alreadySo("resume it");
  }
  const started = await patch(writer, plan, async (application) => {
    if (isAsLeft(change, application)) return "already so";
    const project = await getIfThere<AppProject>(
      writer.reader,
      pathOf(projectRef(plan.application.namespace, application)),
    );
    const why = whyLeftToPeople(application, project, writer.workload) ?? whatChanged(application, plan) ?? undefined;
    if (why !== undefined) throw changed(plan, why);
    const workload = await readWorkload(writer.reader, writer.workload);
    const anew = whyMadeAnew(application, workload?.metadata);
    if (anew !== undefined) throw changed(plan, anew);
    if (workload === undefined || presentTemplate(workload) !== plan.before.template) {
      throw changed(plan, `Somebody else changed the pod template of ${describeWorkload(writer.workload)} meanwhile.`);
    }
    return operations(application, plan);
  });
  return started || (await mayBeOwn()) ? { change } : alreadySo("have it synced back");
}

/**
 * Puts the automated sync back as it was, and ends the remedy's own operation where that is still under way.
 * @throws RemediationError `ObjectChanged` when somebody has synced the Application since, or set its sync policy
 */
export async function back(writer: Writer, change: ArgoCdRollbackChange): Promise<void> {
  await resume(writer, change);
}

async function resume(writer: Writer, change: ArgoCdRollbackChange): Promise<boolean> {
  return await patch(writer, change, (application): JsonPatchOperation[] | "already so" => {
    if (hasAutomatedSync(application, change.automated)) return "already so";
    if (!isAsLeft(change, application)) throw changed(change, "Its sync policy is not as the remedy left it.");
    const writer = policyWriterSince(application);
    if (writer !== undefined) throw changed(change, `${writer} has written its sync policy since.`);
    const own = operationOf(change, application);
    if (own === "another's") throw changed(change, "Its latest sync is another than the remedy's.");
    return [
      application.spec?.syncPolicy === undefined
        ? { op: "add", path: "/spec/syncPolicy", value: { automated: change.automated } }
        : { op: "add", path: "/spec/syncPolicy/automated", value: change.automated },
      { op: "remove", path: ANNOTATION_PATH },
      ...(application.metadata?.labels?.[PAUSED_LABEL] === undefined
        ? []
        : [{ op: "remove", path: LABEL_PATH } as const]),
      ...(own === "waiting" ? [{ op: "remove", path: "/operation" } as const] : []),
      // As `argocd app terminate-op` does.
      ...(own === "running"
        ? [{ op: "replace", path: "/status/operationState/phase", value: "Terminating" } as const]
        : []),
    ];
  });
}

async function patch(
  writer: Writer,
  { application: named }: Pick<ArgoCdRollbackPlan, "application">,
  decide: (
    application: Application,
  ) => Promise<JsonPatchOperation[] | "already so"> | JsonPatchOperation[] | "already so",
): Promise<boolean> {
  try {
    return await writer.patch<Application>(applicationRef(named), async (application) => {
      if (application.metadata?.uid !== named.uid) throw changed({ application: named }, "It was made anew.");
      return await decide(application);
    });
  } catch (error) {
    if (!isRemediationError(error, "NotFound")) throw error;
    throw changed({ application: named }, "It does not exist any more.");
  }
}

/** What of an Application is not as the plan was made for it; undefined while all of it is. */
function whatChanged(application: Application, { automated, from, to }: ArgoCdRollbackPlan): string | undefined {
  const history = application.status?.history ?? [];
  const newest = history.toSorted((a, b) => b.id - a.id)[0];
  if (newest === undefined || !isDeepStrictEqual(deploymentOf(newest), from)) {
    return `It was synced since: its newest deployment is not ${from.id} any more.`;
  }
  if (!history.some((deployed) => isDeepStrictEqual(deploymentOf(deployed), to))) {
    return `Deployment ${to.id} is not in its history any more.`;
  }
  return hasAutomatedSync(application, automated) ? undefined : "Its automated sync was set since.";
}

function operations(application: Application, plan: ArgoCdRollbackPlan): JsonPatchOperation[] {
  const { metadata, spec, status } = application;
  const target = status?.history?.find(({ id }) => id === plan.to.id);
  const { annotations, labels } = metadata ?? {};
  return [
    { op: "remove", path: "/spec/syncPolicy/automated" },
    ...(annotations === undefined ? [{ op: "add", path: "/metadata/annotations", value: {} } as const] : []),
    { op: "add", path: ANNOTATION_PATH, value: keptPolicy(plan.automated) },
    ...(labels === undefined ? [{ op: "add", path: "/metadata/labels", value: {} } as const] : []),
    { op: "add", path: LABEL_PATH, value: "true" },
    { op: "add", path: "/operation", value: operation(target, spec?.syncPolicy?.syncOptions) },
  ];
}

/** The operation that `argocd app rollback` starts. Source: argo-cd server/application/application.go, Rollback */
function operation(target: Deployed | undefined, syncOptions: string[] | undefined): object {
  const { revision, revisions = [], source, sources } = target ?? {};
  return {
    initiatedBy: { username: INITIATOR },
    info: [{ name: "Reason", value: "An earlier version is brought back, since pods of the present one fail." }],
    sync: {
      ...(revisions.length > 0 ? { revisions, sources } : { revision, source }),
      ...(syncOptions === undefined ? {} : { syncOptions }),
      syncStrategy: { apply: {} },
    },
  };
}

function changed({ application: { namespace, name } }: Pick<ArgoCdRollbackPlan, "application">, why: string) {
  return new RemediationError("ObjectChanged", `Application ${namespace}/${name} was left as it is. ${why}`);
}
