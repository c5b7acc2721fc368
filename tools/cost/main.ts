import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { costPage } from "./page.ts";
import type { Template } from "./resources.ts";

const [file = "cdk.out/EksRemediation.template.json", hub = "cdk.out/hub/EksRemediation.template.json"] =
  process.argv.slice(2);
const [own, ofHub] = [file, hub].map((path) => JSON.parse(readFileSync(path, "utf8")) as Template) as [
  Template,
  Template,
];
const page = fileURLToPath(new URL("../../docs/cost.md", import.meta.url));
writeFileSync(page, costPage(own, ofHub));
process.stdout.write("docs/cost.md\n");
