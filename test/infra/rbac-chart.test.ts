import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { chartTemplate } from "../../infra/rbac-chart.ts";
import { rbacFor, type Manifest } from "../../infra/rbac.ts";
import { rbacYaml } from "../../infra/rbac-yaml.ts";

const NAMESPACES = ["shop", "pay"];

/** The parts of the chart's first template: for some namespaces, for each of these, and for the whole cluster. */
function partsOf(template: string): [some: string, each: string, whole: string] {
  const [, some = "", each = "", whole = ""] =
    /\{\{- if \.Values\.namespaces \}\}\n(.*?)\n\{\{- range \.Values\.namespaces \}\}\n(.*?)\n\{\{- end \}\}\n\{\{- else \}\}\n(.*?)\n\{\{- end \}\}/s.exec(
      template,
    ) ?? [];
  return [some, each, whole];
}

function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

/** Manifests in one order, whatever theirs is. */
function sorted(manifests: readonly Manifest[]): Manifest[] {
  const key = ({ kind, metadata }: Manifest) => [kind, metadata.namespace ?? "", metadata.name].join("/");
  return manifests.toSorted((one, other) => key(one).localeCompare(key(other)));
}

describe("the chart of the permissions", () => {
  const [some, each, whole] = partsOf(chartTemplate());

  it("has the manifest as it is for the whole cluster", () => {
    expect(manifestsIn(whole)).toEqual(manifestsIn(rbacYaml()));
  });

  it("has for some namespaces what `npm run rbac` prints for them", () => {
    const rendered = [
      ...manifestsIn(some.replaceAll("{{ toJson .Values.namespaces }}", JSON.stringify(NAMESPACES))),
      ...NAMESPACES.flatMap((namespace) => manifestsIn(each.replaceAll("{{ . }}", namespace))),
    ];

    expect(sorted(rendered)).toEqual(sorted(rbacFor(rbacYaml(), NAMESPACES)));
  });

  it("reads logs and Secrets only where its values say so", () => {
    const template = chartTemplate();

    expect(template.split("{{- if .Values.logs }}")[0]).not.toContain("pods/log");
    expect(template.split("{{- if .Values.secrets }}")[0]).not.toContain("secrets");
    const values = parse(
      readFileSync(new URL("../../infra/rbac-chart/values.yaml", import.meta.url), "utf8"),
    ) as object;
    expect(values).toEqual({ namespaces: [], logs: false, secrets: false });
  });
});
