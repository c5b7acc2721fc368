import { createHash } from "node:crypto";
import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { EksRemediation } from "./eks-remediation.ts";
import { remediate } from "./remediate.ts";
import type { Settings } from "./settings.ts";

/** The remediation workflow for one cluster. */
export class RemediationStack extends Stack {
  readonly remediation: EksRemediation;

  /** @throws SettingsError naming each setting that cannot be used, and its rule */
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      stackName: stackNameOf(settings.clusterName, settings.namePrefix),
      description: `Remediates failing workloads on EKS cluster ${settings.clusterName}`,
    });
    this.remediation = remediate(this, settings);
  }
}

/**
 * One stack a cluster, so that several clusters of an account can be looked after; and one for each prefix, so that a cluster's
 * namespaces can be looked after in different ways. A stack's name knows no underscore: a cluster that has one keeps its
 * name apart from others' by a digest.
 */
function stackNameOf(clusterName: string, namePrefix = "eks-remediation"): string {
  const name = `${namePrefix}-${clusterName.replaceAll("_", "-")}`;
  return clusterName.includes("_") ? `${name}-${digest(clusterName)}` : name;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
