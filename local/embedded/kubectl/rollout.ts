import type { ControllerRevision, ObjectMeta, ReplicaSet } from "../types.ts";
import { resourceOfKind, type NamedResource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";
import type { Arguments } from "./arguments.ts";
import { MERGE, pathOf, printedName, STRATEGIC, type Client } from "./client.ts";
import { isRolledOut } from "./rollout-progress.ts";
import { oneTarget } from "./targets.ts";

const REVISION = "deployment.kubernetes.io/revision";
const TEMPLATE_HASH = "pod-template-hash";
/** How long a rollout is waited for when nothing is said, in seconds; kubectl has no end to it. */
const PATIENCE_SECONDS = 600;

/** An earlier template of a workload, with the patch that goes back to it. */
interface Revision {
  number: number;
  patch: unknown;
  contentType: string;
}

/** `kubectl rollout status|pause|resume|undo|restart deployment/web` */
export async function rollout(
  client: Client,
  args: Arguments,
  [what = "", ...words]: readonly string[],
): Promise<string> {
  const { resource, name } = await oneTarget(client, words);
  const path = pathOf(resource, args.namespace, name);
  const manager = args.manager("rollout");
  const done = (how: string) => `${printedName(resource, name)} ${how}\n`;
  switch (what) {
    case "status":
      await client.until(
        async () => isRolledOut(await client.request("GET", path)),
        args.seconds("timeout", PATIENCE_SECONDS),
      );
      return `${resource.kind.toLowerCase()} "${name}" successfully rolled out\n`;
    case "pause":
    case "resume":
      await client.request("PATCH", path, {
        body: { spec: { paused: what === "pause" ? true : null } },
        contentType: MERGE,
        manager,
      });
      return done(what === "pause" ? "paused" : "resumed");
    case "undo": {
      const { patch: body, contentType } = await revisionToGoTo(client, args, resource, path);
      await client.request("PATCH", path, { body, contentType, manager });
      return done("rolled back");
    }
    default:
      throw new Error(`error: kubectl rollout ${what} is not known to the embedded cluster`);
  }
}

/** The revision that `--to-revision` names, or the one before the newest. */
async function revisionToGoTo(
  client: Client,
  args: Arguments,
  resource: NamedResource,
  path: string,
): Promise<Revision> {
  const workload = await client.request("GET", path);
  const revisions = await (resource.kind === "Deployment" ? ofReplicaSets : ofControllerRevisions)(client, workload);
  const wanted = Number(args.option("to-revision") ?? 0);
  const sorted = revisions.sort((a, b) => b.number - a.number);
  const found = wanted === 0 ? sorted[1] : sorted.find(({ number }) => number === wanted);
  if (found !== undefined) return found;
  throw new Error(
    wanted === 0
      ? `error: no rollout history found for ${resource.kind.toLowerCase()} "${workload.metadata?.name ?? ""}"`
      : `error: unable to find specified revision ${wanted} in history`,
  );
}

async function ofReplicaSets(client: Client, workload: ApiObject): Promise<Revision[]> {
  return (await owned<ReplicaSet>(client, workload, "ReplicaSet")).map(({ metadata, spec }) => {
    const { [TEMPLATE_HASH]: _hash, ...labels } = spec?.template?.metadata?.labels ?? {};
    const template = { ...spec?.template, metadata: { ...spec?.template?.metadata, labels } };
    return {
      number: Number(metadata?.annotations?.[REVISION] ?? 0),
      patch: [{ op: "replace", path: "/spec/template", value: template }],
      contentType: "application/json-patch+json",
    };
  });
}

async function ofControllerRevisions(client: Client, workload: ApiObject): Promise<Revision[]> {
  const revisions = await owned<ControllerRevision>(client, workload, "ControllerRevision");
  return revisions.map(({ revision, data }) => ({ number: revision, patch: data as unknown, contentType: STRATEGIC }));
}

async function owned<T extends { metadata?: ObjectMeta }>(
  client: Client,
  owner: ApiObject,
  kind: string,
): Promise<T[]> {
  const { namespace, uid } = owner.metadata ?? {};
  const { items } = await client.request<{ items: T[] }>("GET", pathOf(resourceOfKind(kind), namespace));
  return items.filter(({ metadata }) => metadata?.ownerReferences?.some((reference) => reference.uid === uid));
}
