import { executionArn } from "../run/execution-arn.ts";
import { clusterOfArn } from "../shared/cluster-name.ts";
import { bounded } from "../shared/text.ts";

/** Where the commands of a notification are to be run. */
export interface Place {
  clusterName: string;
  /** The region of the cluster; undefined where the workflow does not run in AWS. */
  region: string | undefined;
  /** The region of the workflow. */
  own: string | undefined;
}

/** A name that may stand in a command line as it is. */
const PLAIN = /^[a-zA-Z0-9][\w-]*$/;
/** A plugin of kubectl, which takes its flags itself: before its name, kubectl would not find it. */
const ROLLOUTS = "kubectl argo rollouts ";
const UPDATE = " update-kubeconfig ";

/**
 * Where the workload of an execution is: in the region that the cluster's ARN names, or else in that of the workflow.
 * @param executionId its ARN, or a local name, of which no region is known
 */
export function placeOf(clusterName: string, executionId: string): Place {
  const ofWorkflow = executionArn(executionId)?.region;
  return {
    clusterName,
    region: ofWorkflow === undefined ? undefined : (clusterOfArn(clusterName)?.region ?? ofWorkflow),
    own: ofWorkflow,
  };
}

/**
 * The command as it can be given anywhere: with the region, and with a context that is that cluster's and no other's. Outside of
 * AWS the context is whoever's own, and is not made.
 */
export function placed(commands: readonly string[], { clusterName, region }: Place): string[] {
  if (region === undefined) return commands.filter((command) => !command.includes(UPDATE));
  return commands.map((command) => {
    if (command.startsWith("aws ")) {
      const alias = command.includes(UPDATE) ? ` --alias ${clusterName}` : "";
      return `${command} --region ${region}${alias}`;
    }
    return command.startsWith(ROLLOUTS)
      ? command.replace(ROLLOUTS, context(clusterName, `${ROLLOUTS}--context`))
      : command.replace(/^kubectl /, context(clusterName));
  });
}

/** The sentence, whose commands are as they can be given anywhere: those of tools that talk to the cluster, and our own. */
export function placedIn(sentence: string, { clusterName, region, own }: Place): string {
  if (region === undefined) return sentence;
  return sentence
    .replace(/\bkubectl (?=-n |get |describe |top )/g, context(clusterName))
    .replace(/\bkubectl argo rollouts (?=retry |undo\b|promote\b)/g, context(clusterName, `${ROLLOUTS}--context`))
    .replace(/\bhelm (?=history |rollback )/g, context(clusterName, "helm --kube-context"))
    .replace(/\bflux (?=reconcile |resume |suspend )/g, context(clusterName, "flux --context"))
    .replace(/\beks-remediation resume (?=-)/g, own === undefined ? "$&" : `$&--region ${own} `);
}

function context(clusterName: string, flag = "kubectl --context"): string {
  const name = bounded(clusterName);
  const isPlain = PLAIN.test(name) || clusterOfArn(name) !== undefined;
  return isPlain ? `${flag} ${name} ` : `${flag.replace(/ --\S+$/, "")} `;
}
