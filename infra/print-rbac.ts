import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { ScanRequest } from "../functions/run/request.ts";
import { PACKAGED, pathTo } from "./packaged.ts";
import { printManifests, rbacFor } from "./rbac.ts";

const { namespace, logs, secrets, argoRollouts } = new Command(
  PACKAGED ? "eks-remediation-rbac" : "npm run --silent rbac --",
)
  .description("Prints what the functions may do on the cluster, in some namespaces only, for kubectl apply -f -.")
  .requiredOption("--namespace <name>", "a namespace that is looked after; may be given several times", collect)
  .option("--logs", "also what reading the logs of crashed containers takes, as evidence.log_lines asks for it")
  .option("--secrets", "also what reading who changed Secrets takes, as evidence.config_changes asks for it")
  .option("--argo-rollouts", "also what looking after Argo Rollouts takes, as owners.argo_rollouts asks for it")
  .parse()
  .opts<{ namespace: string[]; logs?: true; secrets?: true; argoRollouts?: true }>();

const files = [
  "rbac.yaml",
  ...(logs === true ? ["rbac-logs.yaml"] : []),
  ...(secrets === true ? ["rbac-secrets.yaml"] : []),
  ...(argoRollouts === true ? ["rbac-argo-rollouts.yaml"] : []),
];
const yaml = files.map((file) => readFileSync(pathTo(`infra/${file}`), "utf8")).join("---\n");
process.stdout.write(
  `# Made by ${PACKAGED ? "eks-remediation-rbac" : "npm run rbac"} from ${files.map((file) => `infra/${file}`).join(" and ")}.\n`,
);
process.stdout.write(printManifests(rbacFor(yaml, [...new Set(namespace)])));

function collect(name: string, names: string[] = []): string[] {
  const parsed = ScanRequest.shape.namespace.unwrap().safeParse(name);
  if (!parsed.success) throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message ?? ""}.`);
  return [...names, name];
}
