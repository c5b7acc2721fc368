import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { rbacFor, type Manifest } from "../../infra/rbac.ts";
import { STEP_NAMES } from "../../infra/functions.ts";

const wide = readFileSync(new URL("../../infra/rbac.yaml", import.meta.url), "utf8");
const narrow = rbacFor(wide, ["shop", "blog"]);

/** `Role eks-remediation:detect in shop`. */
const nameOf = ({ kind, metadata: { name, namespace } }: Manifest) =>
  `${kind} ${name}${namespace === undefined ? "" : ` in ${namespace}`}`;

/** What a group may do where: in a namespace, or with undefined in the whole cluster. */
function permissionsOf(manifests: readonly Manifest[], group: string, namespace?: string): string[] {
  const bound = manifests.filter(
    ({ subjects, metadata }) =>
      metadata.namespace === namespace && JSON.stringify(subjects ?? []).includes(`"eks-remediation:${group}"`),
  );
  return bound
    .flatMap(({ roleRef, metadata }) =>
      manifests.filter(
        (role) =>
          role.kind === roleRef?.kind &&
          role.metadata.name === roleRef.name &&
          role.metadata.namespace === (role.kind === "Role" ? metadata.namespace : undefined),
      ),
    )
    .flatMap(({ rules = [] }) => rules)
    .flatMap(({ resources, verbs, resourceNames }) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => `${verb} ${resource}${resourceNames === undefined ? "" : ` ${resourceNames.join(",")}`}`),
      ),
    )
    .sort();
}

describe("the permissions in some namespaces", () => {
  it.each(STEP_NAMES)("are in each of them what %s has in the whole cluster", (step) => {
    const inCluster = permissionsOf(
      parseAllDocuments(wide).map((document) => document.toJS() as Manifest),
      step,
    );
    const expected = inCluster.filter((permission) => !/ (nodes|namespaces)$/.test(permission));

    expect(permissionsOf(narrow, step, "shop")).toEqual(expected);
    expect(permissionsOf(narrow, step, "blog")).toEqual(expected);
    expect(expected).not.toEqual([]);
  });

  it("open nothing of the whole cluster but nodes, and the namespaces themselves by name", () => {
    const clusterWide = Object.fromEntries(STEP_NAMES.map((step) => [step, permissionsOf(narrow, step)]));

    expect(clusterWide).toEqual({
      ...Object.fromEntries(STEP_NAMES.map((step) => [step, []])),
      detect: ["get namespaces shop,blog", "get nodes", "list nodes"],
      classify: ["get namespaces shop,blog", "get nodes"],
      restart: ["get namespaces shop,blog"],
      rollback: ["get namespaces shop,blog"],
      scale: ["get namespaces shop,blog"],
    });
  });

  it("keep the claims where they are", () => {
    const inOwn = narrow.filter(({ metadata }) => metadata.namespace === "eks-remediation").map(nameOf);

    expect(narrow[0]).toMatchObject({ kind: "Namespace", metadata: { name: "eks-remediation" } });
    expect(inOwn).toEqual(
      ["detect", "claim", "restart", "rollback", "scale", "verify"].flatMap((step) =>
        ["Role", "RoleBinding"].map((kind) => `${kind} eks-remediation:${step} in eks-remediation`),
      ),
    );
  });

  it("bind roles that exist, and leave none unbound", () => {
    const roles = narrow.filter(({ rules }) => rules !== undefined).map(nameOf);
    const bound = narrow
      .filter(({ roleRef }) => roleRef !== undefined)
      .map(({ roleRef, metadata }) =>
        nameOf({ ...roleRef, apiVersion: "", metadata: { ...metadata, ...roleRef } } as Manifest),
      );

    expect(bound.sort()).toEqual(roles.sort());
    expect(new Set(roles).size).toBe(roles.length);
  });

  it("are printed as YAML, each namespace once", () => {
    const printed = print("--namespace", "shop", "--namespace", "blog", "--namespace", "shop");

    expect(parseAllDocuments(printed).map((document) => document.toJS() as Manifest)).toEqual(narrow);
  });

  it("are refused for a name that is no namespace's", () => {
    expect(() => print("--namespace", "Shop")).toThrow(/must be a lower-case RFC 1123 label/);
  });
});

describe("the permissions for Argo Rollouts", () => {
  const rules = (name: string) =>
    parseAllDocuments(readFileSync(new URL(`../../infra/${name}.yaml`, import.meta.url), "utf8"))
      .map((document) => document.toJS() as Manifest)
      .flatMap(({ metadata, rules: own = [] }) => own.map((rule) => ({ name: metadata.name, ...rule })))
      .filter(({ apiGroups }) => apiGroups.includes("argoproj.io"));

  it("are in a manifest of their own, which lets the rollback alone write", () => {
    expect(rules("rbac")).toEqual([]);
    expect(
      rules("rbac-argo-rollouts").map(({ name, resources, verbs }) => `${name} ${resources.join()} ${verbs.join()}`),
    ).toEqual([
      "eks-remediation:detect-argo-rollouts rollouts get,list",
      "eks-remediation:classify-argo-rollouts rollouts get",
      "eks-remediation:claim-argo-rollouts rollouts get",
      "eks-remediation:restart-argo-rollouts rollouts get",
      "eks-remediation:rollback-argo-rollouts rollouts get,patch",
      "eks-remediation:verify-argo-rollouts rollouts get",
    ]);
  });
});

function print(...args: string[]): string {
  const script = fileURLToPath(new URL("../../infra/print-rbac.ts", import.meta.url));
  return execFileSync(process.execPath, [script, ...args], { encoding: "utf8", stdio: "pipe" });
}
