import { RESOURCES, groupVersionOf, type Resource } from "../resources.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
/** The version of Kubernetes that the embedded cluster behaves like. */
const VERSION = { major: "1", minor: "35", gitVersion: "v1.35.4" };

/** What is said about the API itself, by path. Source: kubernetes.io/docs/reference/using-api/api-concepts */
export function discovery(path: string): object | string | undefined {
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
      return { kind: "APIGroupList", apiVersion: "v1", groups: groups() };
    default:
      return resourceList(path.split("/").filter(Boolean));
  }
}

function groups(): object[] {
  const versions = new Set(RESOURCES.filter(({ group }) => group !== "").map(groupVersionOf));
  return [...versions].map((groupVersion) => {
    const [name = "", version = ""] = groupVersion.split("/");
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
  });
}

function resourceList([root, ...rest]: string[]): object | undefined {
  const groupVersion = rest.join("/");
  const served = RESOURCES.filter((resource) => groupVersionOf(resource) === groupVersion);
  if (served.length === 0 || root !== (groupVersion === "v1" ? "api" : "apis")) return undefined;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: served.flatMap(described) };
}

function described({ plural, kind, namespaced, shortNames, status }: Resource): object[] {
  const names = shortNames.length === 0 ? {} : { shortNames };
  const itself = { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs: VERBS, ...names };
  const ofStatus = { name: `${plural}/status`, singularName: "", namespaced, kind, verbs: ["get", "patch", "update"] };
  return status ? [itself, ofStatus] : [itself];
}
