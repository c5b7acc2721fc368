import { describe, expect, it } from "vitest";
import { answerAgent, type Workflow } from "../../../functions/agent/agent.ts";
import { toolsOf } from "../../../functions/agent/tools.ts";
import { assertTaken } from "../../../functions/run/assert-taken.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const UNREACHABLE = unreachableEnvironment(new Error("The cluster must not be asked."));
const NOTHING: Workflow = {
  start: () => Promise.reject(new Error("Nothing is started.")),
  describe: () => Promise.reject(new Error("Nothing is looked at.")),
  sleep: () => Promise.resolve(),
};
const WEB = { cluster_name: "prod", namespace: "shop", kind: "Deployment", name: "web" };
const SCALE = { cluster_name: "prod", namespace: "shop", deployment_name: "web", replicas: 3 };
const UNDO = { ...WEB, execution: "agent-1", change: { kind: "scale", scale: { target: "replicas", from: 2, to: 3 } } };
const { namespace: _namespace, ...NOWHERE } = WEB;
const { kind: _kind, name: _name, ...UNNAMED } = WEB;

/** What the function says of a request that it refuses. */
async function refusalOf(action: string, given: object): Promise<string> {
  const invocation = { id: "call-1", remainingMilliseconds: () => 60_000 };
  return await answerAgent({ ...given, action }, invocation, UNREACHABLE, NOTHING).then(
    () => "It was not refused.",
    (error: unknown) => String(error),
  );
}

describe("a request that is not right is refused with what to send instead", () => {
  it.each<[what: string, action: string, given: object, words: string]>([
    ["a field is missing", "diagnose", NOWHERE, "namespace: is missing: it must be the name of a namespace"],
    [
      "a field is null that has to be there",
      "diagnose",
      { ...WEB, name: null },
      "name: must be the name of a workload",
    ],
    [
      "a field is null that may be left out",
      "diagnose",
      { ...WEB, reason: null },
      "reason: must say why; leave it out otherwise",
    ],
    [
      "a field is empty that may be left out",
      "diagnose",
      { ...WEB, reason: "" },
      "reason: must say why; leave it out otherwise",
    ],
    [
      "a number is null",
      "rollback_deployment",
      { cluster_name: "prod", namespace: "shop", deployment_name: "web", revision: null },
      "revision: must be a whole number; leave it out",
    ],
    [
      "a number is a text",
      "scale_deployment",
      { ...SCALE, replicas: "3" },
      "replicas: must be a whole number; send 3.",
    ],
    [
      "a number is no whole one",
      "scale_deployment",
      { ...SCALE, replicas: "3.5" },
      "replicas: must be a whole number. It takes",
    ],
    ["a boolean is a text", "diagnose", { ...WEB, wait: "true" }, "wait: must be true or false; send true."],
    ["a kind is in lower case", "diagnose", { ...WEB, kind: "statefulset" }, '; send "StatefulSet".'],
    ["a kind is in the plural", "diagnose", { ...WEB, kind: "deployments" }, '; send "Deployment".'],
    ["a kind is short", "diagnose", { ...WEB, kind: "deploy" }, '; send "Deployment".'],
    [
      "a kind is none that is asked for",
      "diagnose",
      { ...WEB, kind: "Pod" },
      "what fails of pods, Jobs and HPAs, detect_failures says. It takes",
    ],
    [
      "a name has its kind before it",
      "diagnose",
      { ...WEB, name: "deploy/web" },
      'with no kind or namespace before it, for example web-7d4b9c; send "web".',
    ],
    [
      "a name has its namespace before it",
      "scale_deployment",
      { ...SCALE, deployment_name: "shop/web" },
      '; send "web".',
    ],
    [
      "a name has another namespace before it",
      "diagnose",
      { ...WEB, name: "other/web" },
      "for example web-7d4b9c. It takes",
    ],
    ["a name has a space behind it", "diagnose", { ...WEB, name: "web " }, '; send "web".'],
    ["a namespace is in capital letters", "diagnose", { ...WEB, namespace: "Shop" }, '; send "shop".'],
    ["a cluster has a space before it", "diagnose", { ...WEB, cluster_name: " prod" }, '; send "prod".'],
    [
      "a kind is of some group",
      "diagnose",
      { ...WEB, kind: "Deployment.example.com" },
      "detect_failures says. It takes",
    ],
    ["a boolean is a text in another form", "diagnose", { ...WEB, wait: "True" }, "; send true."],
    [
      "a change is a text",
      "undo",
      { ...UNDO, change: JSON.stringify(UNDO.change) },
      "has, as an object and not as a text. It takes",
    ],
    ["an action is called by its first word", "rollback", SCALE, '; send "rollback_deployment". To detect'],
    ["an action is none", "delete", SCALE, "approve, decline, status. To detect"],
    [
      "a name has another alphabet's letters",
      "diagnose",
      { ...WEB, name: "w\u0435b" },
      "name: must be a lower-case RFC 1123 name",
    ],
    [
      "a namespace is a pattern",
      "detect_failures",
      { cluster_name: "prod", namespace: "*" },
      "namespace: must be a lower-case RFC 1123 label that names one namespace",
    ],
    [
      "a cluster is half an ARN",
      "diagnose",
      { ...WEB, cluster_name: "arn:aws:eks:prod" },
      "cluster_name: must be the name of an EKS cluster, or its whole ARN",
    ],
    [
      "a field is in camel case",
      "diagnose",
      { ...WEB, idempotencyKey: "1" },
      'input: does not take "idempotencyKey" (send idempotency_key)',
    ],
    [
      "fields are another request's",
      "scale_deployment",
      { ...WEB, replicas: 3 },
      "deployment_name: is missing: it must be the name of a Deployment",
    ],
    [
      "fields are unknown",
      "diagnose",
      { ...UNNAMED, workload: "web" },
      "It takes action, cluster_name, namespace, kind, name; it may have dry_run, origin, requested_by, reason, wait, idempotency_key.",
    ],
    [
      "a key is too long",
      "diagnose",
      { ...WEB, idempotency_key: "k".repeat(201) },
      "idempotency_key: must be a text of 1 to 200 characters",
    ],
    ["a plan is missing", "approve", WEB, "plan: is missing: it must be the plan of the outcome that proposed it"],
    ["a plan is made up", "approve", { ...WEB, plan: "yes" }, "plan: must be the plan of the outcome that proposed it"],
    [
      "an execution is an ARN",
      "undo",
      { ...UNDO, execution: "arn:aws:states:::x:agent-1" },
      "execution: must be the execution's name",
    ],
    [
      "a change is missing",
      "undo",
      { ...UNDO, change: undefined },
      "change: is missing: it must be exactly what undo_request",
    ],
    [
      "a change is made up",
      "undo",
      { ...UNDO, change: { kind: "scale", from: 2 } },
      "change: must be exactly what undo_request",
    ],
    [
      "an execution that is followed is none",
      "status",
      { execution_arn: "agent-1" },
      "execution_arn: must be the execution_arn of an earlier answer. It takes action, execution_arn; it may have wait.",
    ],
  ])("where %s", async (_what, action, given, words) => {
    expect(await refusalOf(action, given)).toContain(words);
  });

  it("whatever the field is, and whatever the library of schemas would say", () => {
    for (const { name, input } of toolsOf("read", "act"))
      for (const field of Object.keys(input.shape))
        for (const value of [[], { a: 1 }, 1.5]) {
          expect(() => assertTaken(input, { [field]: value }), `${name}: ${field}`).toThrow(
            new RegExp(`[:;] ${field}: must `),
          );
        }
  });
});
