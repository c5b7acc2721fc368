import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import type * as z from "zod";
import { ScanRequest } from "../functions/run/request.ts";
import { PACKAGED, pathTo } from "./packaged.ts";
import { CustomResourceName, TOOLS } from "../functions/shared/policy.ts";
import { printManifests, rbacFor } from "./rbac.ts";
import { partOf } from "./rbac-command.ts";
import { rbacCustomResourcesYaml } from "./rbac-yaml.ts";

const command = new Command(PACKAGED ? "eks-remediation-rbac" : "npm run --silent rbac --")
  .description("Prints what the functions may do on the cluster, for kubectl apply -f -.")
  .option("--namespace <name>", "in this namespace only; may be given several times", collectNamespace)
  .option("--logs", "also what reading the logs of crashed containers takes, as evidence.log_lines asks for it")
  .option("--secrets", "also what reading who changed Secrets takes, as evidence.config_changes asks for it")
  .option(
    "--custom-resource <name>",
    "also what reading a custom resource takes, as evidence.custom_resources names it; may be given several times",
    collectCustomResource,
  );
for (const tool of TOOLS) {
  command.addOption(new Option(`--${partOf(tool)}`, `also what owners.${tool} takes`));
}
const options = command
  .parse()
  .opts<{ namespace?: string[]; logs?: true; secrets?: true; customResource?: string[] } & Record<string, unknown>>();
const { namespace, logs, secrets, customResource } = options;
const tools = TOOLS.filter((tool) => options[new Option(`--${partOf(tool)}`).attributeName()] === true);

const files = [
  "rbac.yaml",
  ...(logs === true ? ["rbac-logs.yaml"] : []),
  ...(secrets === true ? ["rbac-secrets.yaml"] : []),
  ...tools.map((tool) => `rbac-${partOf(tool)}.yaml`),
];
const yaml = [
  ...files.map((file) => readFileSync(pathTo(`infra/${file}`), "utf8")),
  ...(customResource === undefined ? [] : [rbacCustomResourcesYaml([...new Set(customResource)])]),
].join("---\n");
process.stdout.write(
  `# Made by ${PACKAGED ? "eks-remediation-rbac" : "npm run rbac"} from ${files.map((file) => `infra/${file}`).join(" and ")}.\n`,
);
process.stdout.write(printManifests(rbacFor(yaml, namespace === undefined ? undefined : [...new Set(namespace)])));

function collectNamespace(name: string, names: string[] = []): string[] {
  return [...names, checked(name, ScanRequest.shape.namespace.unwrap())];
}

function collectCustomResource(name: string, names: string[] = []): string[] {
  return [...names, checked(name, CustomResourceName)];
}

function checked(name: string, rule: z.ZodType<string>): string {
  const parsed = rule.safeParse(name);
  if (!parsed.success) throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message ?? ""}.`);
  return parsed.data;
}
