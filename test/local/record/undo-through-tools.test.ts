import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FluxObject } from "../../../functions/facts/flux.ts";
import type { Application } from "../../../functions/facts/argo-cd-application.ts";
import type { Rollout } from "../../../functions/kinds/argo-rollout/rollout.ts";
import type { Deployment } from "../../../functions/shared/kubernetes/types.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../../local/embedded/index.ts";
import { makePlace } from "../../../local/scenarios/embedded-place.ts";
import { loadScenario } from "../../../local/scenarios/load.ts";
import { playScenario, type Place, type PlayedRound } from "../../../local/scenarios/play.ts";
import type { Run } from "../../../local/scenarios/run-workflow.ts";

let cluster: EmbeddedCluster;
beforeAll(async () => {
  // As fast as scenarios are played: when the Application was synced is told from moments that are near each other.
  cluster = await startEmbeddedCluster(10);
});
afterAll(() => cluster.stop());

/** A scenario's workload after its remedy, and the request and the policy by which that is taken back. */
async function remedied(scenario: string, namespace: string) {
  const place = await makePlace(cluster, { namespace });
  const rounds = playScenario(loadScenario(scenario), place);
  const first = (await rounds.next()).value as PlayedRound;
  await rounds.return(undefined);
  const change = first.run.notifications[0]?.document.change;
  if (change === undefined) throw new Error("Nothing was done.");
  const { kind } = change;
  const of = kind === "rollout-abort" ? "Rollout" : "Deployment";
  const request = { action: "undo", origin: "person", namespace, kind: of, name: "web", execution: "run-1" };
  const owners = {
    argo_cd: kind === "argo-cd-rollback",
    argo_rollouts: of === "Rollout",
    flux: kind === "flux-rollback",
  };
  const through = kind === "argo-cd-rollback" ? { argo_cd: { namespace } } : {};
  const policy = { ...through, owners, cool_down: { base_seconds: 0, max_seconds: 0 } };
  const undo = async (more: object = {}): Promise<Run> => await place.run({ ...request, change, ...more }, policy, {});
  return { place, undo, change, policy, request };
}

async function read<T>({ kubectl }: Place, what: string): Promise<T> {
  return JSON.parse(await kubectl("get", what, "-o", "json")) as T;
}

async function patch({ kubectl }: Place, what: string, by: object, manager = "kubectl-edit"): Promise<void> {
  await kubectl("patch", what, "--type=merge", `--field-manager=${manager}`, "-p", JSON.stringify(by));
}

async function imageOf(place: Place): Promise<string | undefined> {
  return (await read<Deployment>(place, "deployment/web")).spec?.template.spec?.containers[0]?.image;
}

describe("the undo of a rollback through Argo CD that somebody asks for", () => {
  const SYNCED = "argo-cd-application-synced-back";

  it("gives the Application its automated sync back exactly, and says which version that brings", async () => {
    const { place, undo } = await remedied(SYNCED, "argo-undone");
    await patch(
      place,
      "application/shop",
      { status: { sync: { revision: "2222222" } } },
      "argocd-application-controller",
    );

    const { workloads, notifications } = await undo();

    expect(workloads).toMatchObject([{ outcome: "Undone", action: "argo-cd-rollback", needs_person: false }]);
    expect(workloads[0]?.undo_request).toBeUndefined();
    expect(notifications[0]?.document).toMatchObject({
      verified: "yes: what that remedy had set is as it was before it",
      take_back: [],
    });
    expect(workloads[0]?.summary).toContain(
      "Argo CD then syncs what its source holds, as soon as sync windows let it: 2222222 when it looked last, which is the version that was rolled back: it is rolled out again.",
    );
    const { metadata, spec } = await read<Application>(place, "application/shop");
    expect(spec?.syncPolicy).toEqual({ automated: { prune: true, selfHeal: true } });
    expect(JSON.stringify([metadata?.annotations, metadata?.labels])).not.toContain("eks-remediation");
    expect((await undo()).workloads).toMatchObject([{ outcome: "Skipped", reason: "AlreadyAsRequested" }]);
  });

  it("changes nothing in a dry run, and says what the source holds where that was mended", async () => {
    const { place, undo } = await remedied(SYNCED, "argo-undone-dry");
    await patch(
      place,
      "application/shop",
      { status: { sync: { revision: "3333333" } } },
      "argocd-application-controller",
    );
    const before = await read<Application>(place, "application/shop");

    const { workloads } = await undo({ dry_run: true });

    expect(workloads).toMatchObject([{ outcome: "DryRun", action: "argo-cd-rollback" }]);
    expect(workloads[0]?.summary).toContain("3333333 when it looked last, and not 2222222, which was rolled back");
    expect(await read<Application>(place, "application/shop")).toEqual(before);
  });

  it.each<[string, object, string]>([
    ["who has set another automated sync", { spec: { syncPolicy: { automated: { prune: false } } } }, "was set since"],
    [
      "who has synced it",
      { status: { operationState: { operation: { initiatedBy: { username: "admin" }, sync: { revision: "9" } } } } },
      "latest sync",
    ],
  ])("leaves what somebody has done since: %s", async (what, by, said) => {
    const { place, undo } = await remedied(SYNCED, `argo-${what.replaceAll(" ", "-")}`);
    await patch(place, "application/shop", by);
    const before = await read<Application>(place, "application/shop");

    const { workloads } = await undo();

    expect(workloads).toMatchObject([{ outcome: "Skipped", reason: "ObjectChanged", needs_person: true }]);
    expect(workloads[0]?.summary).toContain(said);
    expect(await read<Application>(place, "application/shop")).toEqual(before);
  });
});

describe("the undo of an abort that somebody asks for", () => {
  const patchStatus = async ({ kubectl }: Place, status: object) =>
    await kubectl("patch", "rollout/web", "--subresource=status", "--type=merge", "-p", JSON.stringify({ status }));
  const rolloutOf = async (place: Place) => await read<Rollout>(place, "rollout/web");

  it("has its controller try the rollout again, and leaves the spec alone", async () => {
    const { place, undo } = await remedied("argo-rollout-aborted", "abort-undone");
    const { metadata } = await rolloutOf(place);

    const { workloads } = await undo();

    expect(workloads).toMatchObject([{ outcome: "Undone", action: "rollout-abort", needs_person: false }]);
    expect(workloads[0]?.summary).toContain(
      "Took the abort of revision 2 back, for its controller to begin that rollout anew.",
    );
    const after = await rolloutOf(place);
    expect(after.status?.abort).toBe(false);
    expect(after.metadata?.generation).toBe(metadata?.generation);
    await patchStatus(place, { conditions: [{ type: "Progressing", status: "Unknown", reason: "RolloutRetry" }] });
    expect((await undo()).workloads).toMatchObject([{ outcome: "Skipped", reason: "AlreadyAsRequested" }]);
  });

  it("leaves another abort alone", async () => {
    const { place, undo } = await remedied("argo-rollout-aborted", "abort-of-others");
    await patchStatus(place, { abortedAt: "2026-01-01T00:00:00Z" });

    const { workloads } = await undo();

    expect(workloads).toMatchObject([{ outcome: "Skipped", reason: "ObjectChanged" }]);
    expect(workloads[0]?.summary).toContain("it was tried again, and aborted anew");
    expect((await rolloutOf(place)).status).toMatchObject({ abort: true });
  });
});

describe("the undo of a rollback through Flux that somebody asks for", () => {
  it("resumes the Kustomization, and leaves it to Flux what its source holds", async () => {
    const { place, undo } = await remedied("flux-suspended-and-rolled-back", "flux-undone");

    const { workloads } = await undo();

    expect(workloads).toMatchObject([{ outcome: "Undone", action: "flux-rollback", needs_person: false }]);
    expect(workloads[0]?.summary).toContain("Resumed Kustomization flux-undone/shop of Flux.");
    expect(workloads[0]?.summary).toContain("which is the version that was rolled back: it is rolled out again");
    const { metadata, spec } = await read<FluxObject>(place, "kustomization/shop");
    expect(spec?.suspend).toBeUndefined();
    expect(JSON.stringify([metadata?.annotations, metadata?.labels])).not.toContain("eks-remediation");
    expect(await imageOf(place)).toBe("shop/web:1");
  });

  it("puts the template of a HelmRelease back, which Flux leaves alone, and resumes it", async () => {
    const { place, undo } = await remedied("flux-helm-release-rolled-back", "flux-release-undone");

    const { workloads } = await undo();

    expect(workloads).toMatchObject([{ outcome: "Undone", action: "flux-rollback" }]);
    expect(workloads[0]?.summary).toMatch(/Put the template of revision \d back, .* and resumed HelmRelease/);
    expect(await imageOf(place)).toBe("shop/web:2");
  });

  it("leaves one alone that somebody has resumed and suspended again since", async () => {
    const { place, undo } = await remedied("flux-suspended-and-rolled-back", "flux-suspended-anew");
    await patch(place, "kustomization/shop", { spec: { suspend: null } });
    await patch(place, "kustomization/shop", { spec: { suspend: true } });

    const { workloads } = await undo();

    expect(workloads).toMatchObject([{ outcome: "Skipped", reason: "ObjectChanged" }]);
    expect((await read<FluxObject>(place, "kustomization/shop")).spec?.suspend).toBe(true);
  });

  it("is not taken back in turn", async () => {
    const { undo, change } = await remedied("flux-suspended-and-rolled-back", "flux-undone-twice");

    const { workloads } = await undo({ change: { ...change, back: { put: false } } });

    expect(workloads).toMatchObject([{ outcome: "Skipped", reason: "NoSafeRemedy" }]);
    expect(workloads[0]?.summary).toContain("it was an undo itself");
  });
});
