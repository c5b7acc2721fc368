import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import { fieldsBy } from "../../support/field-writers.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  hpa,
  imagePullPod,
  incident,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

/** A crash loop that would be rolled back if no guard refused. */
function badRollout(
  metadata: NonNullable<Evidence["workload"]>["metadata"] = {},
  progressing = { status: "False", reason: "ProgressDeadlineExceeded" },
): Evidence {
  return evidence({
    workload: deployment({ template: template("shop/web:2"), metadata, progressing }),
    holders: [replicaSet(2, { replicas: 1, created: ago(60) }), replicaSet(1, { available: 2, created: ago(90_000) })],
    pods: [ofRevision(2, crashingPod({ startedAgo: 60 }))],
  });
}

describe("the guards", () => {
  it("let a remedy through when none of them objects", () => {
    expect(classify(badRollout(), policy()).remedy.action).toBe("rollback");
  });

  it.each([
    ["a namespace that the policy denies", { namespaces: { deny: ["shop"] } }],
    ["a namespace that the policy does not name", { namespaces: { allow: ["other"] } }],
  ])("refuse %s", (_what, rules) => {
    expect(classify(badRollout(), policy(rules)).remedy).toMatchObject({
      action: "none",
      refusal: "NamespaceNotAllowed",
    });
  });

  it("refuse a system namespace unless the policy names it", () => {
    const dns = {
      ...badRollout(),
      incident: incident({ workload: { kind: "Deployment", namespace: "kube-system", name: "coredns" } }),
    };

    expect(classify(dns, policy()).remedy).toMatchObject({ refusal: "NamespaceNotAllowed" });
    expect(classify(dns, policy({ namespaces: { allow: ["kube-system"] } })).remedy.action).toBe("rollback");
  });

  it("refuse a workload whose newest spec its controller has not seen, though its status shows no rollout", () => {
    const unseen = badRollout({ generation: 2 });

    expect(classify(unseen, policy()).remedy).toMatchObject({ action: "none", refusal: "RolloutInProgress" });
  });

  it("tell people where its controller has long not come to its newest spec, as one that does not run", () => {
    const unseen = (seconds: number) =>
      badRollout({
        generation: 2,
        ...fieldsBy("kubectl-edit", { "f:spec": { "f:template": {} } }, { at: ago(seconds) }),
      });

    expect(classify(unseen(599), policy()).remedy).toMatchObject({ refusal: "RolloutInProgress" });
    expect(classify(unseen(601), policy()).remedy).toMatchObject({
      refusal: "NoSafeRemedy",
      message: expect.stringContaining("look whether it runs") as string,
    });
  });

  it("refuse a workload or a namespace that opted out", () => {
    const optOut = { annotations: { "eks-remediation/enabled": "false" } };

    expect(classify(badRollout(optOut), policy()).remedy).toMatchObject({ refusal: "OptedOut" });
    expect(classify({ ...badRollout(), namespace: { metadata: optOut } }, policy()).remedy).toMatchObject({
      refusal: "OptedOut",
    });
  });

  it.each(["False", "no", "off", "", " true", "yes"])("take %j for an opt-out, too", (value) => {
    const annotations = { "eks-remediation/enabled": value };

    expect(classify(badRollout({ annotations }), policy()).remedy).toMatchObject({
      refusal: "OptedOut",
      message: expect.stringContaining(
        `Not touched: Deployment shop/web carries eks-remediation/enabled: ${JSON.stringify(value)}.`,
      ) as string,
    });
    const limited = hpa({ limited: "TooManyReplicas", metadata: { name: "web", annotations } });
    expect(classify(evidence({ hpa: limited }), policy()).remedy).toMatchObject({ refusal: "OptedOut" });
  });

  it("say of what opted out what would be done, and how a person does it, unless another guard refuses that", () => {
    const annotations = { "eks-remediation/enabled": "false" };
    const kept = 'Not touched: Deployment shop/web carries eks-remediation/enabled: "false".';
    const messageOf = (of: Evidence) => classify(of, policy()).remedy;

    const opted = badRollout({ annotations });
    expect(messageOf(opted)).toMatchObject({
      message: `${kept} Would roll back from revision 2 to the template of revision 1. By hand: \`kubectl -n shop rollout undo deployment/web --to-revision=1\`.`,
    });
    expect(messageOf({ ...opted, incident: incident({ requested: { action: "rollback" } }) })).toMatchObject({
      message: kept,
    });
    const owned = badRollout({ annotations: { ...annotations, "argocd.argoproj.io/tracking-id": "shop:x" } });
    expect(messageOf(owned)).toMatchObject({
      refusal: "OptedOut",
      message: expect.stringMatching(/^Not touched: .* belongs to Argo CD.* Revert the change in/) as string,
    });
    const underWay = badRollout({ annotations }, { status: "True", reason: "ReplicaSetUpdated" });
    expect(messageOf(underWay)).toMatchObject({ refusal: "OptedOut", message: kept });
  });

  it("call nobody for what opted out and does not fail any more, or passes by itself", () => {
    const annotations = { "eks-remediation/enabled": "false" };
    const workload = deployment({ metadata: { annotations } });
    const limited = imagePullPod("toomanyrequests: You have reached your pull rate limit");
    const conditions = [{ type: "Ready", status: "False", lastTransitionTime: ago(30) }];
    Object.assign(limited, {
      metadata: { ...limited.metadata, creationTimestamp: ago(30) },
      status: { ...limited.status, conditions },
    });
    const pulling = evidence({ workload, pods: [ofRevision(1, limited)] });

    expect(classify(evidence({ workload }), policy()).remedy).toMatchObject({ refusal: "NotFailingAnymore" });
    expect(classify(pulling, policy()).remedy).toMatchObject({ refusal: "MayPass" });
  });

  it("take the word for the opt-in however it is written", () => {
    const annotations = { "eks-remediation/enabled": "TRUE" };

    expect(classify(badRollout({ annotations }), policy({ opt_in: true })).remedy.action).toBe("rollback");
  });

  it("say nothing of the annotations of a workload that was not read", () => {
    const about = incident({ workload: { kind: "Rollout", group: "argoproj.io", namespace: "shop", name: "web" } });
    const pods = [crashingPod({ startedAgo: 60 })];
    const unread = evidence({ incident: about, workload: undefined, pods, unwritten: { makers: [], everyPod: true } });

    expect(classify(unread, policy({ opt_in: true })).remedy).toMatchObject({
      refusal: "NotOptedIn",
      message: expect.stringContaining("and its namespace does not carry") as string,
    });
  });

  it("say of a bare pod that did not opt in that nothing would make it anew, where it would be restarted otherwise", () => {
    const about = incident({ workload: { kind: "Pod", namespace: "shop", name: "web" } });
    const waiting = { reason: "CreateContainerError", message: "context deadline exceeded" };
    const pods = [
      pod({ status: { phase: "Pending", containerStatuses: [container({ ready: false, state: { waiting } })] } }),
    ];
    const bare = evidence({ incident: about, workload: undefined, holders: [], pods });

    expect(classify(bare, policy({ opt_in: true })).remedy).toMatchObject({
      refusal: "NotOptedIn",
      message: expect.stringContaining("A bare pod: no controller would recreate it") as string,
    });
  });

  it("refuse a workload that did not opt in where the policy asks for it", () => {
    const optIn = { annotations: { "eks-remediation/enabled": "true" } };

    expect(classify(badRollout(), policy({ opt_in: true })).remedy).toMatchObject({ refusal: "NotOptedIn" });
    expect(classify(badRollout(optIn), policy({ opt_in: true })).remedy.action).toBe("rollback");
  });

  it("refuse a workload that is being deleted", () => {
    expect(classify(badRollout({ deletionTimestamp: ago(1) }), policy()).remedy).toMatchObject({
      refusal: "BeingDeleted",
    });
  });

  it("refuse a paused rollout", () => {
    const paused = badRollout();
    (paused.workload as ReturnType<typeof deployment>).spec = {
      ...deployment({ template: template("shop/web:2") }).spec,
      paused: true,
    } as never;

    expect(classify(paused, policy()).remedy).toMatchObject({ refusal: "RolloutPaused" });
  });

  it("refuse a rollout that is inside its progress deadline, unless somebody asked for the rollback of a failing one", () => {
    const underWay = badRollout({}, { status: "True", reason: "ReplicaSetUpdated" });
    const asked = { ...underWay, incident: incident({ requested: { action: "rollback" as const } }) };

    expect(classify(underWay, policy()).remedy).toMatchObject({ refusal: "RolloutInProgress" });
    expect(classify(asked, policy()).remedy.action).toBe("rollback");
    expect(classify({ ...asked, pods: [pod()] }, policy()).remedy).toMatchObject({ refusal: "RolloutInProgress" });
  });

  it.each([
    ["Argo CD", { annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web" } }],
    ["Flux", { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } }],
    ["Helm", { annotations: { "meta.helm.sh/release-name": "shop" } }],
  ])("refuse to change the spec of what %s owns, and say what to do there", (tool, metadata) => {
    const remedy = classify(badRollout(metadata), policy()).remedy;

    expect(remedy).toMatchObject({ action: "none", refusal: "ManagedByAnotherTool" });
    expect(remedy).toHaveProperty("message", expect.stringContaining(tool));
  });

  it("allow restarting what another tool owns, since that changes no spec", () => {
    const owned = deployment({ metadata: { annotations: { "meta.helm.sh/release-name": "shop" } } });

    expect(classify(evidence({ workload: owned, pods: [crashingPod({ restarts: 2 })] }), policy()).remedy.action).toBe(
      "restart",
    );
  });

  it("refuse to move the bounds of an HPA that another tool owns", () => {
    const owned = hpa({ limited: "TooManyReplicas", metadata: { labels: { "argocd.argoproj.io/instance": "shop" } } });

    expect(classify(evidence({ hpa: owned }), policy()).remedy).toMatchObject({ refusal: "ManagedByAnotherTool" });
  });

  it.each(["Pod", "Job"])("refuse a %s, which nothing recreates by our rules", (kind) => {
    const bare = evidence({
      incident: incident({
        workload: { kind, namespace: "shop", name: "once" },
        requested: { action: "restart", pod: "once" },
      }),
      workload: undefined,
      holders: [],
      pods: kind === "Pod" ? [crashingPod({ name: "once" })] : [],
    });

    expect(classify(bare, policy()).remedy).toMatchObject({ refusal: "NothingRecreatesIt" });
  });

  it("refuse a static pod", () => {
    const crashing = crashingPod({});
    const mirror = {
      ...crashing,
      metadata: { ...crashing.metadata, annotations: { "kubernetes.io/config.mirror": "abc" } },
    };

    expect(classify(evidence({ pods: [mirror] }), policy()).remedy).toMatchObject({ refusal: "NothingRecreatesIt" });
  });

  it.each([
    ["in a namespace that the policy denies", {}, { namespaces: { deny: ["shop"] } }],
    ["that opted out", { annotations: { "eks-remediation/enabled": "false" } }, {}],
  ])(
    "say of a workload %s that nothing fails, where nothing does, and call nobody for it",
    (_what, metadata, rules) => {
      const well = evidence({ workload: deployment({ metadata }), pods: [pod()] });

      expect(classify(well, policy(rules)).remedy).toMatchObject({ action: "none", refusal: "NotFailingAnymore" });
    },
  );

  it("refuse a part of a workload, and name the whole", () => {
    const workload = { kind: "ReplicaSet", namespace: "shop", name: "web-1" };
    const controller = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "u-web", controller: true };
    const part = evidence({
      incident: incident({ workload }),
      workload: deployment({ metadata: { name: "web-1", ownerReferences: [controller] } }),
      pods: [crashingPod({})],
    });

    expect(classify(part, policy()).remedy).toEqual({
      action: "none",
      refusal: "ManagedByAnotherTool",
      message: "Not touched: ReplicaSet shop/web-1 belongs to Deployment shop/web. Ask for that one.",
    });
  });
});
