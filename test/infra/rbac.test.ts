import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { rbacFor, type Manifest } from "../../infra/rbac.ts";
import { STEP_NAMES } from "../../infra/functions.ts";
import { PERMISSIONS, REMOVING } from "../../infra/permissions.ts";

const wide = readFileSync(new URL("../../infra/rbac.yaml", import.meta.url), "utf8");
const narrow = rbacFor(wide, ["shop", "blog"]);

/** The functions that need no tool. */
const PLAIN_STEPS = STEP_NAMES.filter((step) => step in PERMISSIONS);

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
  it.each(PLAIN_STEPS)("are in each of them what %s has in the whole cluster", (step) => {
    const inCluster = permissionsOf(
      parseAllDocuments(wide).map((document) => document.toJS() as Manifest),
      step,
    );
    const expected = inCluster.filter(
      (permission) => !/ (nodes|priorityclasses|runtimeclasses|namespaces)$/.test(permission),
    );

    expect(permissionsOf(narrow, step, "shop")).toEqual(expected);
    expect(permissionsOf(narrow, step, "blog")).toEqual(expected);
    expect(expected).not.toEqual([]);
  });

  it("open nothing of the whole cluster but nodes and the classes that pods name, and the namespaces themselves by name", () => {
    const clusterWide = Object.fromEntries(STEP_NAMES.map((step) => [step, permissionsOf(narrow, step)]));

    expect(clusterWide).toEqual({
      ...Object.fromEntries(STEP_NAMES.map((step) => [step, []])),
      detect: ["get namespaces shop,blog", "get nodes", "list nodes"],
      classify: ["get namespaces shop,blog", "get nodes", "get priorityclasses", "get runtimeclasses"],
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

  it("hold the reading of custom resources that are named, and nothing more of them", () => {
    const all = printed(
      "--custom-resource",
      "storefronts.shop.example.com",
      "--custom-resource",
      "clusters.example.com",
    );
    const inShop = printed("--namespace", "shop", "--custom-resource", "storefronts.shop.example.com");

    expect(permissionsOf(all, "classify")).toEqual(
      [...permissionsOf(documents(wide), "classify"), "get storefronts", "get clusters"].sort(),
    );
    expect(all.flatMap(({ rules = [] }) => rules)).toContainEqual({
      apiGroups: ["shop.example.com"],
      resources: ["storefronts"],
      verbs: ["get"],
    });
    expect(permissionsOf(inShop, "classify")).not.toContain("get storefronts");
    expect(permissionsOf(inShop, "classify", "shop")).toContain("get storefronts");
  });

  it("are refused for a name that is no custom resource's", () => {
    expect(() => print("--custom-resource", "storefronts")).toThrow(/must be the name of a custom resource definition/);
  });

  it("are refused for a name that is no namespace's", () => {
    expect(() => print("--namespace", "Shop")).toThrow(/must be a lower-case RFC 1123 label/);
  });
});

const rules = (name: string) =>
  parseAllDocuments(readFileSync(new URL(`../../infra/${name}.yaml`, import.meta.url), "utf8"))
    .map((document) => document.toJS() as Manifest)
    .flatMap(({ metadata, rules: own = [] }) => own.map((rule) => ({ name: metadata.name, ...rule })))
    .filter(({ apiGroups }) => apiGroups.includes("argoproj.io"));

describe("the permissions for Argo Rollouts", () => {
  it("are in a manifest of their own, which lets the rollback and the abort alone write", () => {
    expect(rules("rbac")).toEqual([]);
    expect(
      rules("rbac-argo-rollouts").map(({ name, resources, verbs }) => `${name} ${resources.join()} ${verbs.join()}`),
    ).toEqual([
      "eks-remediation:detect-argo-rollouts rollouts get,list",
      "eks-remediation:classify-argo-rollouts rollouts get",
      "eks-remediation:claim-argo-rollouts rollouts get",
      "eks-remediation:restart-argo-rollouts rollouts get",
      "eks-remediation:rollback-argo-rollouts rollouts get,patch",
      "eks-remediation:scale-argo-rollouts rollouts get",
      "eks-remediation:rollout-abort-argo-rollouts rollouts get",
      "eks-remediation:rollout-abort-argo-rollouts rollouts/status patch",
      "eks-remediation:verify-argo-rollouts rollouts get",
    ]);
  });
});

it("the permissions for Argo CD are in a manifest of their own, which lets its rollback alone write", () => {
  expect(
    rules("rbac-argo-cd").map(({ name, resources, verbs }) => `${name} ${resources.join()} ${verbs.join()}`),
  ).toEqual([
    "eks-remediation:detect-argo-cd applications list",
    "eks-remediation:classify-argo-cd applications list",
    "eks-remediation:classify-argo-cd appprojects get",
    "eks-remediation:argo-cd-rollback-argo-cd rollouts get",
    "eks-remediation:argo-cd-rollback-argo-cd applications get,patch",
    "eks-remediation:argo-cd-rollback-argo-cd appprojects get",
    "eks-remediation:verify-argo-cd applications get",
  ]);
});

describe("the permissions for KEDA", () => {
  const rules = parseAllDocuments(readFileSync(new URL("../../infra/rbac-keda.yaml", import.meta.url), "utf8"))
    .map((document) => document.toJS() as Manifest)
    .flatMap(({ metadata, rules: own = [] }) => own.map((rule) => ({ name: metadata.name, ...rule })))
    .filter(({ apiGroups }) => apiGroups.includes("keda.sh"));

  it("let one function write ScaledObjects, and nobody write what belongs to their triggers", () => {
    expect(rules.map(({ name, resources, verbs }) => `${name} ${resources.join()} ${verbs.join()}`)).toEqual([
      "eks-remediation:classify-keda scaledobjects get,list",
      "eks-remediation:keda-scale-keda scaledobjects get,patch",
      "eks-remediation:verify-keda scaledobjects get",
    ]);
  });
});

describe("the permissions for rolling back with Helm", () => {
  const all = documents(readFileSync(new URL("../../infra/rbac-helm-rollback.yaml", import.meta.url), "utf8"));
  const written = all.flatMap(({ metadata, rules: own = [] }) =>
    own
      .filter(({ verbs }) => verbs.some((verb) => !["get", "list"].includes(verb)))
      .map(({ resources, verbs }) => `${metadata.name} ${resources.join()} ${verbs.join()}`),
  );

  it("let one function write, which neither makes nor deletes anything but Helm's own Secrets", () => {
    const name = "eks-remediation:helm-rollback-helm-rollback";
    expect(written).toEqual([
      `${name} daemonsets,deployments,statefulsets get,patch`,
      `${name} horizontalpodautoscalers get,patch`,
      `${name} cronjobs get,patch`,
      `${name} ingresses,networkpolicies get,patch`,
      `${name} poddisruptionbudgets get,patch`,
      `${name} configmaps,persistentvolumeclaims,serviceaccounts,services get,patch`,
      `${name} secrets get,list,create,update,patch`,
      `${name} events create`,
      `${name} leases get,list,update`,
    ]);
  });

  it("are for no kind by which rights are given, requests admitted or kinds defined", () => {
    const groups = all.flatMap(({ rules: own = [] }) => own.flatMap(({ apiGroups }) => apiGroups));
    const forbidden = ["rbac.authorization.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io", "*"];

    expect(groups.filter((group) => forbidden.includes(group))).toEqual([]);
  });
});

it("the permission to read logs is of those that tell of them, or keep them before a pod goes, and of no other", () => {
  const yaml = readFileSync(new URL("../../infra/rbac-logs.yaml", import.meta.url), "utf8");
  const logs = parseAllDocuments(yaml).map((document) => document.toJS() as Manifest);
  const readers = STEP_NAMES.filter((step) => permissionsOf(logs, step).length > 0);

  expect([...readers].sort()).toEqual(["classify", ...REMOVING].sort());
  for (const step of readers) expect(permissionsOf(logs, step)).toEqual(["get pods/log"]);
});

function documents(yaml: string): Manifest[] {
  return parseAllDocuments(yaml).map((document) => document.toJS() as Manifest);
}

function printed(...args: string[]): Manifest[] {
  return documents(print(...args));
}

function print(...args: string[]): string {
  const script = fileURLToPath(new URL("../../infra/print-rbac.ts", import.meta.url));
  return execFileSync(process.execPath, [script, ...args], { encoding: "utf8", stdio: "pipe" });
}
