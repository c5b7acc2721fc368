import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { App } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { parseRequest } from "../../functions/run/request.ts";
import { CDK_CONTEXT } from "../infra/cdk-context.ts";
import { readSettings } from "../../infra/settings.ts";
import { AWS, KUBECTL, OTHERS } from "./known.ts";
import { blocksOf, documents, isThere, pathOf, type Block } from "./documents.ts";
import { commandsIn, type Words } from "./shell.ts";

const { scripts } = JSON.parse(readFileSync(pathOf("package.json"), "utf8")) as { scripts: Record<string, string> };

/** How blocks begin that show what is printed or sent, and no commands. */
const SHOWN = [/^\d\d:\d\d:\d\d /, /^Fixed: /, /^Scorecard of /, /^\{/];

const isShown = ({ text }: Block) => SHOWN.some((begin) => begin.test(text));
const scriptsOf = (document: string) => blocksOf(document).filter((each) => each.language === "" && !isShown(each));

/** The commands of our own command line, by their own help: `""` for what needs no name. */
const helps = new Map<string, string>();
function helpOf(command: string): string {
  const known = helps.get(command);
  if (known !== undefined) return known;
  const args = [pathOf("local/command-line/main.ts"), ...(command === "" ? [] : [command]), "--help"];
  const help = execFileSync(process.execPath, args, { encoding: "utf8" });
  helps.set(command, help);
  return help;
}

const flagsIn = (words: Words) =>
  words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split("=")[0] ?? "");
const SUBCOMMANDS = [
  "history",
  "show",
  "undo",
  "scorecard",
  "fleet",
  "mcp",
  "completion",
  "stop",
  "resume",
  "settings",
];

/** Holds words for our own command line to its help, and a request in them to what requests may be. */
function checkOwn(words: Words): void {
  const command = SUBCOMMANDS.find((name) => name === words[0]) ?? "";
  for (const flag of flagsIn(words))
    expect(helpOf(command), `${command} ${flag}`).toMatch(new RegExp(`(^|[ ,])${flag}\\b`, "m"));
  const input = words[words.indexOf("--input") + 1] ?? "";
  if (words.includes("--input")) parseRequest({ cluster_name: "staging", ...(JSON.parse(input) as object) });
}

function checkNpm(words: Words): void {
  const bare = words.filter((word) => word !== "--silent");
  const separator = bare.indexOf("--");
  const [verb = "", name = ""] = separator === -1 ? bare : bare.slice(0, separator);
  const given = separator === -1 ? [] : bare.slice(separator + 1);
  if (verb === "ci" || verb === "install") return;
  const script = scripts[verb === "run" ? name : verb];
  expect(script, `npm ${words.join(" ")}`).toBeDefined();
  if (verb === "start") checkOwn(given);
  else
    for (const flag of flagsIn(given))
      expect(sourcesOf(script ?? ""), `${name} ${flag}`).toContain(flag.replace(/^--/, ""));
}

/** The sources beside the file that a script runs. */
function sourcesOf(script: string): string {
  const [, file = "", folder = ""] = /^node ((\S+)\/\S+\.ts)$/.exec(script) ?? [];
  expect(isThere(file), script).toBe(true);
  const sources = readdirSync(pathOf(folder)).filter((name) => name.endsWith(".ts"));
  return sources.map((name) => readFileSync(pathOf(`${folder}/${name}`), "utf8")).join("\n");
}

function checkNpx([tool = "", verb = "", ...words]: Words): void {
  if (tool === "eks-remediation") {
    checkOwn([verb, ...words]);
    return;
  }
  if (tool === "eks-remediation-rbac") {
    checkRbac([verb, ...words]);
    return;
  }
  expect(`${tool} ${verb}`).toMatch(/^cdk (synth|diff|deploy|destroy|publish-assets)$/);
  const app = words[words.indexOf("--app") + 1]?.split(" ") ?? [];
  if (words.includes("--app")) for (const file of app.slice(0, 2)) expect(isThere(file), file).toBe(true);
  const settings = words.flatMap((word, at) => (words[at - 1] === "-c" ? [word.split("=")] : []));
  readSettings(new App({ context: { ...CDK_CONTEXT, ...(Object.fromEntries(settings) as object) } }).node);
}

function checkRbac(words: Words): void {
  expect(printedRbac(words)).toContain("kind: Role");
}

/** Prints the permissions, as the command does. */
function printedRbac(words: Words): string {
  return execFileSync(process.execPath, [pathOf("infra/print-rbac.ts"), ...words], { encoding: "utf8" });
}

function checkAws([service = "", operation = "", ...words]: Words): void {
  const known = AWS[`${service} ${operation}`];
  expect(known, `aws ${service} ${operation}`).toBeDefined();
  for (const flag of flagsIn(words))
    expect([...(known ?? []), "--query", "--output"], `aws ${service} ${operation}`).toContain(flag);
  for (const name of ["--input", "--payload"]) {
    const at = words.indexOf(name);
    if (at !== -1) parseRequest(JSON.parse(words[at + 1] ?? ""));
  }
}

function checkKubectl(words: Words): void {
  if (words[0] === "remediate") {
    checkOwn(words.slice(1));
    return;
  }
  const bare = words.filter(
    (word, at) => !["-n", "--kubeconfig"].includes(word) && !["-n", "--kubeconfig"].includes(words[at - 1] ?? ""),
  );
  expect(KUBECTL, words.join(" ")).toContain(bare[0]);
  const files = bare.filter((word, at) => ["-f", "--patch-file"].includes(bare[at - 1] ?? "") && word !== "-");
  for (const file of files) expect(isThere(file), file).toBe(true);
}

const CHECKS: Readonly<Record<string, (words: Words) => void>> = {
  npm: checkNpm,
  npx: checkNpx,
  aws: checkAws,
  kubectl: checkKubectl,
  "eks-remediation": checkOwn,
};

function check([program = "", ...words]: Words): void {
  if (program.startsWith(".")) expect(isThere(program), program).toBe(true);
  else if (CHECKS[program] === undefined) expect(OTHERS, `${program} ${words.join(" ")}`).toContain(program);
  else CHECKS[program](words);
}

describe("the commands in the documents", () => {
  it.each(documents())("are such as there are: %s", (document) => {
    for (const { text } of scriptsOf(document)) for (const words of commandsIn(text)) check(words);
  });

  it("are looked at, all of them", () => {
    const commands = documents().flatMap((document) => scriptsOf(document).flatMap(({ text }) => commandsIn(text)));
    const programs = commands.map(([program]) => program);

    expect(commands.length).toBeGreaterThan(90);
    for (const program of ["npm", "npx", "aws", "kubectl", ".ci/run"]) expect(programs).toContain(program);
  });

  it("are found by their words", () => {
    const script = `A=$(aws one two --query "x['y']") # said\nfor B in C; do\n  npm run d -- --e 'f g' | jq .\ndone\nh() { i j; }\nsource <(k l)`;

    expect(commandsIn(script)).toEqual([
      ["aws", "one", "two", "--query", "x['y']"],
      ["npm", "run", "d", "--", "--e", "f g"],
      ["jq", "."],
      ["i", "j"],
      ["k", "l"],
      ["source", "$(…)"],
    ]);
  });

  it.each([
    ["npm run no-such"],
    ["npm start -- --no-such"],
    ["npm run test:faults -- --nosuchflag"],
    ["npx cdk deploy -c clustername=prod"],
    ['npm start -- --context a --input \'{"action": "no_such"}\''],
    ["kubectl apply -f infra/no-such.yaml"],
    ["aws states start-execution"],
    ["no-such"],
  ])("would not pass where they are wrong: %s", (script) => {
    expect(() => {
      commandsIn(script).forEach(check);
    }).toThrow();
  });
});
