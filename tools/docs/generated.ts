import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as prettier from "prettier";
import * as z from "zod";
import { AgentAnswer } from "../../functions/agent/agent.ts";
import { TOOL_SETS } from "../../functions/agent/tool-sets.ts";
import { actionGroupApi, gatewayTools } from "./agent-schemas.ts";
import { markdownTable } from "./markdown-table.ts";
import { policyTable } from "./policy.ts";
import { workflowDocument } from "./workflow.ts";
import { CAUSES } from "../../functions/classify/causes.ts";
import type { Cause } from "../../functions/classify/causes/cause.ts";
import { Detection } from "../../functions/run/detection.ts";
import { NotificationDocument } from "../../functions/notify/notification.ts";
import { DiscoveryDocument } from "../../functions/notify/discovery/document.ts";
import { FleetDocument } from "../../functions/notify/fleet/document.ts";
import { GitEvent } from "../../functions/notify/git/webhook.ts";
import { ScorecardDocument } from "../../functions/notify/scorecard/document.ts";
import { OutcomeRecord } from "../../functions/notify/record/record.ts";
import { Request } from "../../functions/run/request.ts";
import { Policy, TOOLS } from "../../functions/shared/policy.ts";
import { JsonLine } from "../../local/live/json-lines.ts";
import { chart, chartTemplate, chartValues, component, kustomization } from "../../infra/rbac-chart.ts";
import { partOf } from "../../infra/rbac-command.ts";
import { rbacLogsYaml, rbacSecretsYaml, rbacToolYaml, rbacYaml } from "../../infra/rbac-yaml.ts";
import { accountModule, accountTemplate, clusterModule, hubModule } from "../../infra/terraform.ts";
import { definitionOf } from "../../statemachines/asl.ts";
import { REMEDIATION } from "../../statemachines/remediation.ts";
import { dependenciesDocument } from "../supply-chain/document.ts";

const { version: VERSION } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** A file that is written, wholly or in part, from the code. */
export interface GeneratedFile {
  /** Its path, from the root of the project. */
  path: string;
  content: () => string | Promise<string>;
}

/** Every file that `npm run docs` writes, in this order. A test fails when one of them is stale. */
export const GENERATED: readonly GeneratedFile[] = [
  // Before the picture, which is drawn from it.
  formatted("statemachines/remediation.asl.json", () => JSON.stringify(definitionOf(REMEDIATION), null, 2)),
  formatted("infra/rbac.yaml", rbacYaml),
  formatted("infra/rbac-logs.yaml", rbacLogsYaml),
  formatted("infra/rbac-secrets.yaml", rbacSecretsYaml),
  ...TOOLS.map((tool) => formatted(`infra/rbac-${partOf(tool)}.yaml`, () => rbacToolYaml(tool))),
  // The same as a Kustomize base, and as a Helm chart.
  formatted("infra/rbac/rbac.yaml", rbacYaml),
  formatted("infra/rbac/kustomization.yaml", kustomization),
  formatted("infra/rbac/logs/rbac-logs.yaml", rbacLogsYaml),
  formatted("infra/rbac/logs/kustomization.yaml", () => component("rbac-logs.yaml")),
  formatted("infra/rbac/secrets/rbac-secrets.yaml", rbacSecretsYaml),
  formatted("infra/rbac/secrets/kustomization.yaml", () => component("rbac-secrets.yaml")),
  formatted("infra/rbac-chart/Chart.yaml", () => chart(VERSION)),
  formatted("infra/rbac-chart/values.yaml", chartValues),
  // Prettier cannot read a template.
  { path: "infra/rbac-chart/templates/rbac.yaml", content: chartTemplate },
  formatted("infra/terraform/account/main.tf.json", accountModule),
  formatted("infra/terraform/account/template.json", accountTemplate),
  formatted("infra/terraform/cluster/main.tf.json", clusterModule),
  formatted("infra/terraform/hub/main.tf.json", hubModule),
  { path: "docs/schemas/detection.json", content: () => schema(Detection, "Detection", "output") },
  { path: "docs/schemas/request.json", content: () => schema(Request, "Request", "input") },
  { path: "docs/schemas/notification.json", content: () => schema(NotificationDocument, "Notification", "output") },
  { path: "docs/schemas/fleet-storm.json", content: () => schema(FleetDocument, "Fleet storm", "output") },
  { path: "docs/schemas/git-event.json", content: () => schema(GitEvent, "Git event", "output") },
  {
    path: "docs/schemas/fleet-discovery.json",
    content: () => schema(DiscoveryDocument, "Fleet discovery", "output"),
  },
  { path: "docs/schemas/scorecard.json", content: () => schema(ScorecardDocument, "Scorecard", "output") },
  { path: "docs/schemas/record.json", content: () => schema(OutcomeRecord, "OutcomeRecord", "output") },
  { path: "docs/schemas/agent-answer.json", content: () => schema(AgentAnswer, "AgentAnswer", "output") },
  ...TOOL_SETS.flatMap((set) => [
    { path: `docs/schemas/agentcore-tools-${set}.json`, content: () => json(gatewayTools(set)) },
    { path: `docs/schemas/bedrock-actions-${set}.json`, content: () => json(actionGroupApi(set)) },
  ]),
  { path: "docs/schemas/json-line.json", content: () => schema(JsonLine, "JsonLine", "output") },
  { path: "docs/workflow.md", content: workflowDocument },
  { path: "docs/failure-modes.md", content: failureModes },
  { path: "docs/policy.md", content: policyGuide },
  { path: "docs/dependencies.md", content: dependenciesDocument },
  { path: "docs/schemas/policy.json", content: () => schema(Policy, "Policy", "input") },
];

/** A file as Prettier leaves it. */
function formatted(path: string, text: () => string): GeneratedFile {
  const filepath = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  return {
    path,
    content: async () => prettier.format(text(), { ...(await prettier.resolveConfig(filepath)), filepath }),
  };
}

function schema(type: z.ZodType, title: string, io: "input" | "output"): string {
  return json({ title, ...z.toJSONSchema(type, { io }) });
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What an operator may set, with the defaults. */
function policyGuide(): string {
  return `# Policy

Written by \`npm run docs\` from \`functions/shared/policy.ts\`. A policy is a JSON object; every field has a default, so
\`{}\` is a complete one. Unknown fields and values out of range are refused when it is loaded, by name.
[schemas/policy.json](schemas/policy.json) is its JSON Schema.

\`\`\`json
{
  "namespaces": { "deny": ["payments"] },
  "actions": { "restart": "automatic", "rollback": "observe", "scale": "off" },
  "modes": { "found": "observe" },
  "overrides": [{ "namespaces": ["staging"], "modes": { "found": "automatic" } }]
}
\`\`\`

A mode is \`automatic\` (carried out), \`approve\` ([proposed](operate.md#approving), and carried out once somebody approves
it), \`observe\` (chosen and told, not carried out; \`diagnose\` says the same) or \`off\` (not carried out). What an action may do
is the most careful of \`modes.all\`, of the mode for whoever wants it, and of the action's own. What a person asks for by name is done although the action's own mode is \`approve\` or \`observe\`.
Namespaces are named in full; patterns are refused. Durations are whole seconds.

${policyTable()}
`;
}

/** The causes as the classifier has them, in the order in which it tries them. */
function failureModes(): string {
  const causes = CAUSES.map(({ name, looksLike, response, words = [], rejected }) => {
    const never = rejected.map(({ action, reason }) => `- not ${action}: ${reason}`);
    const table = words.length === 0 ? [] : [wordTable(words)];
    const parts = [`## ${name}`, looksLike, ...table, `**What is done:** ${response}`, never.join("\n")];
    return parts.filter((part) => part !== "").join("\n\n");
  });
  return `# Failure modes

Written by \`npm run docs\` from \`functions/classify/causes\`. The causes are tried in this order; the first that matches is
the diagnosis. What the policy excludes, what a guard refuses, and what was tried in vain is reported instead of done.

Where one reason has many causes, the words of the kubelet, the scheduler, the registry and the API server tell which, in
the status or in Events. In the tables, \`*\` stands for anything; upper and lower case are the same. What a rollout has
brought is rolled back; not where the revision to return to shares what the words are about.

${causes.join("\n\n")}
`;
}

/** Which words mean what, and which reasons say it by themselves. */
function wordTable(words: NonNullable<Cause["words"]>): string {
  const rows = words.map(({ means, words: said, reasons = [], outside }) => [
    outside === true ? `${means} (no other revision fares better)` : means,
    [...reasons.map((reason) => `the reason \`${reason}\``), ...said.map((word) => `\`${word.trim()}\``)].join(", "),
  ]);
  return markdownTable([["what is wrong", "words that say so"], ...rows]).join("\n");
}
