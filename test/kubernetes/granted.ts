import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ALL_REMEDIES } from "../../functions/remedies/remedies.ts";
import { rbacCustomResourcesYaml } from "../../infra/rbac-yaml.ts";

const FILES = ["rbac.yaml", "rbac-logs.yaml", "rbac-secrets.yaml"];
/** The custom resources that scenarios let be read. */
const CUSTOM_RESOURCES = ["shopfronts.stores.example.org"];

/** Functions whose remedies act through tools, none of whose controllers the suite has. */
const THROUGH_TOOLS = ALL_REMEDIES.filter(({ through }) => through !== undefined).map(({ action }) => action);

/** The manifests of everything that the functions' groups may do in this suite. */
export function grantedRbac(): string {
  const files = FILES.map((file) =>
    readFileSync(fileURLToPath(new URL(`../../infra/${file}`, import.meta.url)), "utf8"),
  );
  const documents = files.flatMap((file) => file.split(/^---$/m)).filter((document) => !isOfTool(document));
  return [...documents, rbacCustomResourcesYaml(CUSTOM_RESOURCES)].join("\n---\n");
}

function isOfTool(document: string): boolean {
  return THROUGH_TOOLS.some((action) => document.includes(`name: eks-remediation:${action}-`));
}
