import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { costPage } from "./page.ts";
import type { Template } from "./resources.ts";

const [file = "cdk.out/EksRemediation.template.json"] = process.argv.slice(2);
const page = fileURLToPath(new URL("../../docs/cost.md", import.meta.url));
writeFileSync(page, costPage(JSON.parse(readFileSync(file, "utf8")) as Template));
process.stdout.write("docs/cost.md\n");
