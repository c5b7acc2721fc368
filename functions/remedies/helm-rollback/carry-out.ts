import type { ReleaseSecret } from "../../facts/helm-secret.ts";
import { readWorkload } from "../../kinds/workloads.ts";
import { getIfThere } from "../../shared/cluster/get-if-there.ts";
import { RemediationError } from "../../shared/errors.ts";
import { presentTemplate } from "../../shared/kubernetes/template.ts";
import { pathOf } from "../../shared/object-ref.ts";
import { alreadySo } from "../already-so.ts";
import type { Declined, Done, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import type { HelmRollbackChange, HelmRollbackPlan } from "./contract.ts";
import { isRollbackTo, ownRevision, releaseSecretRef, statusOf } from "./release-secret.ts";

/** The statuses of a revision that the remedy made and that may be undone: one that Helm was stopped in is pending. */
const OWN: readonly string[] = ["deployed", "failed", "pending-rollback"];

/**
 * Has Helm roll a release back, while its newest revision is the one that was diagnosed. Hooks do not run, nothing is waited for,
 * and no earlier revision is deleted. A rollback that an earlier try of the step has begun is not begun again, however it went.
 * @throws RemediationError `ObjectChanged` when the release or the workload is another by now; `HelmMissing`, `HelmFailed`; those of
 *   the writer
 */
export async function carryOut(
  writer: Writer,
  plan: HelmRollbackPlan,
  { mayBeOwn }: Occasion,
): Promise<Done<HelmRollbackChange> | Declined> {
  const { action: kind, ...parts } = plan;
  const change = { kind, ...parts };
  const own = await revision(writer, plan, ownRevision(plan));
  if (own !== undefined && isRollbackTo(own, plan, plan.to)) {
    return (await mayBeOwn()) ? { change } : alreadySo("have Helm roll it back");
  }
  const assertUnchanged = async () => {
    await assertNewest(writer, plan, plan.from.revision, [plan.from.status]);
    const workload = await readWorkload(writer.reader, writer.workload);
    if (workload === undefined || presentTemplate(workload) !== plan.before.template) {
      throw changed(plan, "Somebody else changed the pod template meanwhile.");
    }
  };
  await assertUnchanged();
  await writer.together(touched(plan), async () => {
    await assertUnchanged();
    await rollBack(writer, plan, plan.to, ownRevision(plan));
  });
  return { change };
}

/**
 * Has Helm roll the release back to the revision that it was at, while the newest is the one that the remedy made.
 * @throws RemediationError `ObjectChanged` when somebody has released anything since; otherwise as `carryOut`
 */
export async function back(writer: Writer, change: HelmRollbackChange): Promise<void> {
  const { from } = change;
  const own = ownRevision(change);
  const undone = await revision(writer, change, own + 1);
  // An earlier try of the step has done it.
  if (undone !== undefined && isRollbackTo(undone, change, from.revision)) return;
  const assertOwn = async () => {
    const made = await assertNewest(writer, change, own, OWN);
    if (!isRollbackTo(made, change, change.to)) throw changed(change, `Its revision ${own} is not the remedy's.`);
  };
  await assertOwn();
  await writer.together(touched(change), async () => {
    await assertOwn();
    await rollBack(writer, change, from.revision, own + 1);
  });
}

type Parts = Pick<HelmRollbackPlan, "release" | "from" | "objects">;

function touched({ objects, release, from }: Parts) {
  return [...objects, releaseSecretRef(release, from.revision)];
}

/**
 * Runs Helm. Which revision it goes back from, Helm decides itself: where somebody has released something in the moment before,
 * that is put back in place at once.
 * @param made the revision that comes about by it
 */
async function rollBack(writer: Writer, parts: Parts, to: number, made: number): Promise<void> {
  await helm(writer, parts, to);
  if (writer.dryRun) return;
  const newest = await revision(writer, parts, made);
  if (newest !== undefined && isRollbackTo(newest, parts, to)) return;
  const passed = await revision(writer, parts, made + 1);
  if (newest === undefined || passed === undefined || !isRollbackTo(passed, parts, to)) {
    throw new RemediationError("HelmFailed", `Helm ended well, and no revision ${made} of ${named(parts)} came of it.`);
  }
  await helm(writer, parts, made);
  throw changed(
    parts,
    `Somebody has released revision ${made} in the same moment, which Helm was then rolled back to.`,
  );
}

async function helm(writer: Writer, { release: { name, namespace } }: Parts, to: number): Promise<void> {
  const flags = ["--no-hooks", "--history-max", "0", "--timeout", "25s"];
  const trial = writer.dryRun ? ["--dry-run=server"] : [];
  await writer.helm(["rollback", name, `${to}`, "--namespace", namespace, ...flags, ...trial]);
}

/** @throws RemediationError `ObjectChanged` unless it is the newest revision of the release, in one of these statuses */
async function assertNewest(
  writer: Writer,
  parts: Parts,
  number: number,
  statuses: readonly string[],
): Promise<ReleaseSecret> {
  const [present, next] = await Promise.all([revision(writer, parts, number), revision(writer, parts, number + 1)]);
  if (present === undefined) throw changed(parts, `Its revision ${number} is not there any more.`);
  if (next !== undefined) throw changed(parts, `It was released since: there is a revision ${number + 1}.`);
  if (!statuses.includes(statusOf(present)))
    throw changed(parts, `Its revision ${number} has got another status since.`);
  return present;
}

/** A revision of the release as it is now; undefined where there is none of that number. */
async function revision({ reader }: Writer, { release }: Parts, number: number): Promise<ReleaseSecret | undefined> {
  return await getIfThere<ReleaseSecret>(reader, pathOf(releaseSecretRef(release, number)));
}

function named({ release: { namespace, name } }: Parts): string {
  return `Helm release ${namespace}/${name}`;
}

function changed(parts: Parts, why: string): RemediationError {
  return new RemediationError("ObjectChanged", `${named(parts)} was left as it is. ${why}`);
}
