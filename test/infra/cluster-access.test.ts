import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { ALL_REMEDIES } from "../../functions/remedies/remedies.ts";
import { CLAIM_NAMESPACE } from "../../functions/shared/policy.ts";
import { STEP_NAMES } from "../../infra/functions.ts";
import { Synthesised } from "./synthesised.ts";

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string }[];
}

const manifests = parseAllDocuments(readFileSync(new URL("../../infra/rbac.yaml", import.meta.url), "utf8")).map(
  (document) => document.toJS() as Manifest,
);
const roles = manifests.filter(({ rules }) => rules !== undefined);
const bindings = manifests.filter(({ roleRef }) => roleRef !== undefined);

/** `delete pods`, for each thing that the group may do, as `kubectl auth can-i` asks. */
function permissionsOf(group: string): string[] {
  const bound = bindings.filter(({ subjects }) => subjects?.some(({ name }) => name === group));
  const rules = bound.flatMap(({ roleRef, metadata }) => {
    const isBound = ({ kind, metadata: { name, namespace } }: Manifest) =>
      kind === roleRef?.kind && name === roleRef.name && namespace === metadata.namespace;
    return roles.filter(isBound).flatMap(({ rules = [] }) => rules);
  });
  return rules.flatMap(({ verbs, resources }) => verbs.flatMap((verb) => resources.map((name) => `${verb} ${name}`)));
}

describe("the functions' access to the cluster", () => {
  const stack = new Synthesised({ clusterName: "prod" });

  it("maps each role to a Kubernetes group of its own", () => {
    stack.template.resourceCountIs("AWS::EKS::AccessEntry", STEP_NAMES.length + 2);
    for (const step of STEP_NAMES) {
      expect(stack.properties(stack.id("ClusterAccess", step))).toEqual({
        ClusterName: "prod",
        PrincipalArn: { "Fn::GetAtt": [stack.functionId(step, "Role"), "Arn"] },
        KubernetesGroups: [`eks-remediation:${step}`],
      });
    }
  });

  it.each(["agent", "patrol"])("lets the %s see what detect sees, because it runs the same scan", (name) => {
    expect(stack.properties(stack.id("ClusterAccess", name))).toEqual({
      ClusterName: "prod",
      PrincipalArn: { "Fn::GetAtt": [stack.functionId(name, "Role"), "Arn"] },
      KubernetesGroups: ["eks-remediation:detect"],
    });
  });

  it("has permissions bound for every group that is mapped, and for no other, but those of tools", () => {
    const mapped = Object.values(stack.template.findResources("AWS::EKS::AccessEntry")).flatMap(
      (entry) => (entry as { Properties: { KubernetesGroups: string[] } }).Properties.KubernetesGroups,
    );
    const subjects = bindings.flatMap(({ subjects = [] }) => subjects);

    const ofTools = ALL_REMEDIES.filter(({ through }) => through !== undefined).map(
      ({ action }) => `eks-remediation:${action}`,
    );
    const known = mapped.filter((group) => !ofTools.includes(group));

    expect(mapped).toEqual(expect.arrayContaining(ofTools));
    expect(new Set(subjects.map(({ name }) => name))).toEqual(new Set(known));
    expect(new Set(subjects.map(({ kind }) => kind))).toEqual(new Set(["Group"]));
    for (const group of known) expect(permissionsOf(group), group).not.toEqual([]);
  });

  it("binds every role of the manifest, and only roles of the manifest", () => {
    const key = (kind: string | undefined, name: string | undefined) => `${kind ?? ""}/${name ?? ""}`;

    expect(bindings.map(({ roleRef }) => key(roleRef?.kind, roleRef?.name)).sort()).toEqual(
      roles.map(({ kind, metadata }) => key(kind, metadata.name)).sort(),
    );
  });

  it.each([
    ["detect", []],
    ["classify", []],
    ["claim", ["create leases", "delete leases", "update leases"]],
    ["restart", ["create events", "create pods/eviction", "delete pods", "update leases"]],
    [
      "rollback",
      ["create events", "delete pods", "patch daemonsets", "patch deployments", "patch statefulsets", "update leases"],
    ],
    ["scale", ["create events", "patch deployments/scale", "patch horizontalpodautoscalers", "update leases"]],
    ["verify", []],
    ["notify", ["create events"]],
  ])("lets %s write this alone: %j", (step, writes) => {
    const written = permissionsOf(`eks-remediation:${step}`).filter((permission) => !/^(get|list) /.test(permission));

    expect(written.sort()).toEqual(writes);
  });

  it("keeps claims in their namespace, which the manifest makes", () => {
    const withLeases = roles.filter(({ rules }) => rules?.some(({ resources }) => resources.includes("leases")));

    expect(manifests[0]).toMatchObject({ kind: "Namespace", metadata: { name: CLAIM_NAMESPACE } });
    expect(withLeases.map(({ metadata }) => metadata.name)).toEqual(
      ["detect", "claim", "restart", "rollback", "scale", "verify"].map((step) => `eks-remediation:${step}`),
    );
    for (const { kind, metadata } of withLeases) {
      expect([kind, metadata.namespace]).toEqual(["Role", CLAIM_NAMESPACE]);
    }
  });

  it("opens neither secrets nor anything by a wildcard", () => {
    const granted = roles.flatMap(({ rules = [] }) =>
      rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]),
    );

    expect(granted).not.toContain("secrets");
    expect(granted.filter((item) => item.includes("*"))).toEqual([]);
  });
});
