import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { ScanRequest } from "../functions/run/request.ts";
import { printManifests, rbacFor } from "./rbac.ts";

const { namespace } = new Command("npm run --silent rbac --")
  .description("Prints what the functions may do on the cluster, in some namespaces only, for kubectl apply -f -.")
  .requiredOption("--namespace <name>", "a namespace that is looked after; may be given several times", collect)
  .parse()
  .opts<{ namespace: string[] }>();

process.stdout.write("# Made by npm run rbac from infra/rbac.yaml.\n");
process.stdout.write(
  printManifests(rbacFor(readFileSync(new URL("rbac.yaml", import.meta.url), "utf8"), [...new Set(namespace)])),
);

function collect(name: string, names: string[] = []): string[] {
  const parsed = ScanRequest.shape.namespace.unwrap().safeParse(name);
  if (!parsed.success) throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message ?? ""}.`);
  return [...names, name];
}
