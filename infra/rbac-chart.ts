import { parseAllDocuments } from "yaml";
import { printManifests, rbacFor, type Manifest } from "./rbac.ts";
import { rbacLogsYaml, rbacSecretsYaml, rbacYaml } from "./rbac-yaml.ts";

/** Stands for a namespace of the chart's values while its templates are made; no namespace is called so. */
const NAMESPACE = "NAMESPACE";

/** `kustomization.yaml` of the base, which has the manifest of the whole cluster. */
export function kustomization(): string {
  return `\
# Written by \`npm run docs\`. What the functions may do on the whole cluster, for Flux, Argo CD or kubectl apply -k. The component
# logs adds what evidence.log_lines takes, and secrets what evidence.config_changes: config_maps_and_secrets takes.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [rbac.yaml]
`;
}

/** `kustomization.yaml` of a component, which has one manifest. */
export function component(resource: string): string {
  return `\
# Written by \`npm run docs\`.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [${resource}]
`;
}

/** The chart's `templates/rbac.yaml`: the manifest for the whole cluster, or for the namespaces of its values. */
export function chartTemplate(): string {
  return `${[
    "{{- /* Written by `npm run docs` from infra/permissions.ts and functions/remedies. */ -}}",
    part(rbacYaml()),
    when(".Values.logs", part(rbacLogsYaml())),
    when(".Values.secrets", part(rbacSecretsYaml())),
  ].join("\n")}\n`;
}

/** The manifests of a YAML text, for whatever namespaces the values name. */
function part(yaml: string): string {
  const whole = parseAllDocuments(yaml).map((document) => document.toJS() as Manifest);
  const narrowed = rbacFor(yaml, [NAMESPACE]);
  const isInNamespace = ({ metadata }: Manifest) => metadata.namespace === NAMESPACE;
  return `\
{{- if .Values.namespaces }}
${documents(narrowed.filter((manifest) => !isInNamespace(manifest)))}
{{- range .Values.namespaces }}
${documents(narrowed.filter(isInNamespace))}
{{- end }}
{{- else }}
${documents(whole)}
{{- end }}`;
}

function documents(manifests: readonly Manifest[]): string {
  return manifests
    .map((manifest) => `---\n${printManifests([manifest]).trimEnd()}`)
    .join("\n")
    .replace(/resourceNames:\n\s+- NAMESPACE/g, "resourceNames: {{ toJson .Values.namespaces }}")
    .replace(/namespace: NAMESPACE$/gm, "namespace: {{ . }}");
}

function when(value: string, text: string): string {
  return `{{- if ${value} }}\n${text}\n{{- end }}`;
}

/** The chart's `Chart.yaml`. @param version that of this project */
export function chart(version: string): string {
  return `\
# Written by \`npm run docs\`.
apiVersion: v2
name: eks-remediation-rbac
description: What the functions of eks-remediation may do on a cluster. Nothing of it runs.
type: application
version: ${version}
appVersion: ${version}
`;
}

/** The chart's `values.yaml`. */
export function chartValues(): string {
  return `\
# Written by \`npm run docs\`.

# The namespaces that are looked after; none: the whole cluster.
namespaces: []
# Whether the logs of crashed containers may be read, as evidence.log_lines asks for it: they may hold anything.
logs: false
# Whether Secrets may be read, as evidence.config_changes: config_maps_and_secrets asks for it: their values, too.
secrets: false
`;
}
