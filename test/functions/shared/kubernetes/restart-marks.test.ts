import { describe, expect, it } from "vitest";
import { templateHash, versionHash } from "../../../../functions/shared/kubernetes/template.ts";
import type { PodTemplate } from "../../../../functions/shared/kubernetes/types.ts";
import { template } from "../../../support/objects.ts";

const marked = (annotations: Record<string, string>): PodTemplate => ({
  ...template(),
  metadata: { ...template().metadata, annotations },
});
const withVariable = (name: string, value?: string): PodTemplate => ({
  ...template(),
  spec: {
    containers: [{ name: "app", image: "shop/web:1", env: [{ name, ...(value === undefined ? {} : { value }) }] }],
  },
});

const RESTARTS = {
  "kubectl.kubernetes.io/restartedAt": "2026-06-01T11:00:00Z",
  "openshift.io/restartedAt": "2026-06-01T11:00:00.123Z",
  "vso.secrets.hashicorp.com/restartedAt": "2026-06-01T11:00:00Z",
  "cattle.io/timestamp": "2026-06-01T11:00:00Z",
  "operator.1password.io/last-restarted": "2026-06-01 11:00:00.1 +0000 UTC",
  "deployed-at": "1780311600",
  rollme: "x7Fq2",
  "force-redeploy": "3",
};

const READ = {
  "reloader.stakater.com/last-reloaded-from": '{"type":"CONFIGMAP","name":"web"}',
  "checksum/config": "9f86d081",
  "wave.pusher.com/config-hash": "9f86d081",
  "kibana.k8s.elastic.co/config-hash": "123",
  "secrets.doppler.com/secretsupdate.web": "W/9f86",
  configHash: "9f86d081",
  "configmap-resource-version": "4711",
};

/** What a program, an injector or the API reads, or what tells of other code. */
const ELSE = {
  "prometheus.io/scrape": "true",
  "sidecar.istio.io/inject": "true",
  "vault.hashicorp.com/agent-inject-secret-config": "secret/data/web",
  "simulation/after": "2026-06-01T11:00:00Z",
  "git-commit-hash": "9f86d081",
  "image-digest": "sha256:9f86d081",
  "restart-policy": "fast",
};

describe("a template with", () => {
  it.each(Object.entries(RESTARTS))("the mark %s: %s is the same template, started again", (key, value) => {
    expect(templateHash(marked({ [key]: value }))).toBe(templateHash(template()));
    expect(versionHash(marked({ [key]: value }))).toBe(versionHash(template()));
  });

  it.each(Object.entries(READ))("the mark %s: %s is another template, which runs the same version", (key, value) => {
    expect(templateHash(marked({ [key]: value }))).not.toBe(templateHash(template()));
    expect(versionHash(marked({ [key]: value }))).toBe(versionHash(template()));
  });

  it.each(Object.entries(ELSE))("the annotation %s: %s is another version", (key, value) => {
    expect(versionHash(marked({ [key]: value }))).not.toBe(versionHash(template()));
  });

  it.each(["STAKATER_WEB_CONFIG_CONFIGMAP", "STAKATER_WEB_SECRET", "CONFIG_CHECKSUM", "RESTARTED_AT"])(
    "the variable %s runs the same version",
    (name) => {
      expect(versionHash(withVariable(name, "9f86d081"))).toBe(versionHash(template()));
      expect(templateHash(withVariable(name, "9f86d081"))).not.toBe(templateHash(template()));
    },
  );

  it.each(["PASSWORD_HASH", "SECRET_VERSION", "RELOAD_URL", "STAKATER"])(
    "the variable %s is another version",
    (name) => {
      expect(versionHash(withVariable(name, "9f86d081"))).not.toBe(versionHash(template()));
    },
  );

  it("a variable of such a name that is read from elsewhere is another version", () => {
    expect(versionHash(withVariable("CONFIG_CHECKSUM"))).not.toBe(versionHash(template()));
  });
});
