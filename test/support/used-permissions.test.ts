import { describe, expect, it } from "vitest";
import { comparePermissions } from "../kubernetes/used-permissions.ts";

const RBAC = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: "eks-remediation:detect" }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get, list] }
  - { apiGroups: [apps], resources: [deployments/scale], verbs: [patch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: "eks-remediation:detect" }
roleRef: { kind: ClusterRole, name: "eks-remediation:detect" }
subjects: [{ kind: Group, name: "eks-remediation:detect" }]
`;

function audited(verb: string, objectRef: object, decision = "allow", username = "eks-remediation:detect"): string {
  return JSON.stringify({
    stage: "ResponseComplete",
    verb,
    impersonatedUser: { username },
    objectRef,
    annotations: { "authorization.k8s.io/decision": decision },
  });
}

const pods = { resource: "pods", apiVersion: "v1" };
const scale = { resource: "deployments", subresource: "scale", apiGroup: "apps" };
const all = [audited("get", pods), audited("list", pods), audited("patch", scale)];

describe("permissions that are granted, against those that were used", () => {
  it("fit when each was used and none was missing", () => {
    expect(comparePermissions(RBAC, all.join("\n"))).toEqual({ unused: [], denied: [] });
  });

  it("do not fit when one was never used, or used by another group alone", () => {
    const log = [
      audited("get", pods),
      audited("list", pods, "allow", "eks-remediation:verify"),
      audited("patch", scale),
    ];

    expect(comparePermissions(RBAC, log.join("\n")).unused).toEqual(["eks-remediation:detect list pods"]);
  });

  it("do not fit when one was denied, even where it is granted", () => {
    const log = [
      ...all,
      audited("delete", pods, "forbid"),
      audited("patch", { ...scale, subresource: undefined }, "forbid"),
    ];

    expect(comparePermissions(RBAC, log.join("\n"))).toEqual({
      unused: [],
      denied: ["eks-remediation:detect delete pods", "eks-remediation:detect patch deployments.apps"],
    });
  });

  it("are not touched by what others ask", () => {
    const log = [...all, audited("delete", pods, "forbid", "system:serviceaccount:shop:default"), ""];

    expect(comparePermissions(RBAC, log.join("\n")).denied).toEqual([]);
  });
});
