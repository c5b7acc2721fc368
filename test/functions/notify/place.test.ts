import { describe, expect, it } from "vitest";
import { workloadMessage } from "../../../functions/notify/message.ts";
import { placed, placedIn, placeOf } from "../../../functions/notify/place.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const EXECUTION = "arn:aws:states:eu-west-1:111122223333:execution:machine:run";
const AWS = placeOf("prod", EXECUTION);

describe("a command in a sentence", () => {
  it.each([
    ["kubectl -n shop rollout undo deployment/web", "kubectl --context prod -n shop rollout undo deployment/web"],
    ["kubectl describe node worker-1", "kubectl --context prod describe node worker-1"],
    ["kubectl get nodes --show-labels", "kubectl --context prod get nodes --show-labels"],
    ["kubectl argo rollouts undo web -n shop", "kubectl argo rollouts --context prod undo web -n shop"],
    ["kubectl argo rollouts promote --full", "kubectl argo rollouts --context prod promote --full"],
    ["helm rollback shop -n shop", "helm --kube-context prod rollback shop -n shop"],
    ["flux resume kustomization shop -n flux-system", "flux --context prod resume kustomization shop -n flux-system"],
    ["eks-remediation resume --path /p", "eks-remediation resume --region eu-west-1 --path /p"],
  ])("names the cluster, or the region, that it is for: %s", (command, expected) => {
    expect(placedIn(`Run \`${command}\` now.`, AWS)).toBe(`Run \`${expected}\` now.`);
  });

  it("names it behind the name of a plugin of kubectl, which kubectl finds by its first words alone", () => {
    const commands = ["kubectl argo rollouts get rollout web -n shop", "kubectl -n shop get pods"];
    expect(placed(commands, AWS)).toEqual([
      "kubectl argo rollouts --context prod get rollout web -n shop",
      "kubectl --context prod -n shop get pods",
    ]);
    expect(placed(commands, placeOf("$(id)", EXECUTION))).toEqual(commands);
    expect(placedIn("Run kubectl argo rollouts undo web.", placeOf("$(id)", EXECUTION))).toContain(
      "Run kubectl argo rollouts undo web.",
    );
  });

  it("is for the cluster's region and for the workflow's, where these are two", () => {
    const elsewhere = placeOf("arn:aws:eks:us-east-1:444455556666:cluster/shop", EXECUTION);
    expect(placedIn("eks-remediation resume --path /p", elsewhere)).toContain("--region eu-west-1");
  });

  it("stays as it is outside of AWS, in words that are no command, and for a cluster of a name that no shell takes", () => {
    const sentence = "Look at what kubectl shows, or kubectl -n shop get pods, and run helm rollback shop.";
    expect(placedIn(sentence, placeOf("prod", "test"))).toBe(sentence);
    expect(placedIn(sentence, placeOf("$(id)", EXECUTION))).toBe(sentence);
    expect(placedIn("what kubectl or Flux suspends", AWS)).toBe("what kubectl or Flux suspends");
  });

  it("is so wherever people read it, the first sentence included", () => {
    const remedy = { action: "none", refusal: "Stopped", message: "By hand: `kubectl -n shop get pods`." } as const;
    const run = claimedRun({ diagnosis: diagnosis({ remedy }), execution: { id: EXECUTION, name: "run" } });
    const { document } = workloadMessage(run, outcomeOf(run, false));
    expect(document.what).toContain("kubectl --context prod -n shop get pods");
  });
});

describe("what was tried in vain", () => {
  it("is told as done, with that it did not help", () => {
    const verification = {
      verdict: "not_recovered" as const,
      reasons: ["pod a: CrashLoopBackOff"],
      wait_seconds: 1,
      observation: { digest: "d", well_since: null },
    };
    const remedy = remedyResult({ message: "Evicted 1 pod (a)." });
    const run = claimedRun({ tries: [{ diagnosis: diagnosis(), remedy, verification }], diagnosis: diagnosis() });
    const { document } = workloadMessage(run, outcomeOf(run, false));
    expect(document.done).toEqual(["Evicted 1 pod (a). It did not help."]);
  });
});

describe("a workload that is to have no pods", () => {
  it("is not counted in a subject", () => {
    const sight = { at: "2026-06-01T12:00:00.000Z", ready: 0, wanted: 0 };
    const remedy = { action: "none", refusal: "NoSafeRemedy", message: "Look." } as const;
    const run = claimedRun({ diagnosis: diagnosis({ remedy, sight }) });
    expect(workloadMessage(run, outcomeOf(run, false)).subject).toBe(
      "[prod] Needs you: Deployment shop/web, no pods wanted",
    );
  });
});
