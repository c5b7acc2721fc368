import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rbacCustomResourcesYaml } from "../../infra/rbac-yaml.ts";

const FILES = ["rbac.yaml", "rbac-logs.yaml", "rbac-secrets.yaml"];
/** The custom resources that scenarios let be read. */
const CUSTOM_RESOURCES = ["shopfronts.stores.example.org"];

/** The manifests of everything that the functions' groups may do in this suite. */
export function grantedRbac(): string {
  const files = FILES.map((file) =>
    readFileSync(fileURLToPath(new URL(`../../infra/${file}`, import.meta.url)), "utf8"),
  );
  return [...files, rbacCustomResourcesYaml(CUSTOM_RESOURCES)].join("---\n");
}
