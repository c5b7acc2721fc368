import { groupVersionOf, type Resource } from "../resources.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
/** The version of Kubernetes that the embedded cluster behaves like. */
const VERSION = { major: "1", minor: "35", gitVersion: "v1.35.4" };

/** What is said about the API itself and the resources that are served, by path. Source: kubernetes.io/docs/reference/using-api/api-concepts */
export function discovery(path: string, resources: readonly Resource[]): object | string | undefined {
  switch (path.replace(/\/$/, "")) {
    case "/version":
      return VERSION;
    case "/readyz":
    case "/healthz":
    case "/livez":
      return "ok";
    case "/api":
      return { kind: "APIVersions", versions: ["v1"] };
    case "/apis":
      return { kind: "APIGroupList", apiVersion: "v1", groups: groups(resources) };
    default:
      return resourceList(path.split("/").filter(Boolean), resources);
  }
}

function groups(resources: readonly Resource[]): object[] {
  const versions = new Set(resources.filter(({ group }) => group !== "").map(groupVersionOf));
  return [...versions].map((groupVersion) => {
    const [name = "", version = ""] = groupVersion.split("/");
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
  });
}

function resourceList([root, ...rest]: string[], resources: readonly Resource[]): object | undefined {
  const groupVersion = rest.join("/");
  const served = resources.filter((resource) => groupVersionOf(resource) === groupVersion);
  if (served.length === 0 || root !== (groupVersion === "v1" ? "api" : "apis")) return undefined;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: served.flatMap(described) };
}

function described({ plural, kind, namespaced, shortNames, status, custom }: Resource): object[] {
  const names = shortNames.length === 0 ? {} : { shortNames };
  const verbs = custom === undefined ? VERBS : CUSTOM_VERBS;
  const singularName = custom?.singular ?? kind.toLowerCase();
  const itself = { name: plural, singularName, namespaced, kind, verbs, ...names };
  const ofStatus = { name: `${plural}/status`, singularName: "", namespaced, kind, verbs: ["get", "patch", "update"] };
  const scale = { group: "autoscaling", version: "v1", kind: "Scale" };
  const ofScale = { ...ofStatus, ...scale, name: `${plural}/scale` };
  return [itself, ...(status ? [ofStatus] : []), ...(custom?.scale === undefined ? [] : [ofScale])];
}
