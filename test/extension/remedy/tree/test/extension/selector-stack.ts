import { Synthesised } from "../infra/synthesised.ts";

/** Prints what of the remedy is in the stack, as JSON. */

const stack = new Synthesised();
const function_ = stack.properties(stack.functionId("restore-selector"));
const machine = stack.properties(stack.id("Workflow", "StateMachine"));
const { Variables } = function_["Environment"] as { Variables: Record<string, string> };
process.stdout.write(
  JSON.stringify({
    remedy: Variables["REMEDY"],
    description: function_["Description"],
    substitutions: Object.keys(machine["DefinitionSubstitutions"] as object),
    groups: stack.all("AWS::EKS::AccessEntry").map(({ KubernetesGroups }) => KubernetesGroups),
  }),
);
