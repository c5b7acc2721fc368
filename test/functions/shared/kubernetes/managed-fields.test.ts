import { describe, expect, it } from "vitest";
import { byWhom, lastWriter } from "../../../../functions/shared/kubernetes/managed-fields.ts";
import type { ObjectMeta } from "../../../../functions/shared/kubernetes/types.ts";
import { ago } from "../../../support/objects.ts";

const REPLICAS = ["spec", "replicas"];

function written(...entries: [manager: string, time: string | undefined, fields: object][]): ObjectMeta {
  return {
    managedFields: entries.map(([manager, time, fieldsV1]) => ({
      manager,
      fieldsV1,
      ...(time === undefined ? {} : { time }),
    })),
  };
}

describe("the last writer of a field", () => {
  it("is the newest of the managers that own it, or a part of it", () => {
    const metadata = written(
      ["helm", ago(900), { "f:spec": { "f:replicas": {}, "f:template": { "f:spec": {} } } }],
      ["kubectl", ago(60), { "f:spec": { "f:replicas": {} } }],
      ["kube-controller-manager", ago(5), { "f:status": { "f:replicas": {} } }],
    );

    expect(lastWriter(metadata, REPLICAS)).toEqual({ manager: "kubectl", at: new Date(ago(60)) });
    expect(lastWriter(metadata, ["spec", "template"])?.manager).toBe("helm");
    expect(lastWriter(metadata, ["spec", "paused"])).toBeUndefined();
  });

  it("is not known without a time, without fields, or without managed fields", () => {
    expect(lastWriter(written(["kubectl", undefined, { "f:spec": { "f:replicas": {} } }]), REPLICAS)).toBeUndefined();
    expect(lastWriter({ managedFields: [{ manager: "kubectl", time: ago(1) }] }, REPLICAS)).toBeUndefined();
    expect(lastWriter({}, REPLICAS)).toBeUndefined();
    expect(byWhom(undefined, REPLICAS)).toBe("");
  });

  it("is said on one line, whatever it calls itself", () => {
    const metadata = written(["kubectl\nDone: all", ago(60), { "f:spec": { "f:replicas": {} } }]);

    expect(byWhom(metadata, REPLICAS)).toBe(
      ` (by its managed fields, last written by kubectl Done: all at ${new Date(ago(60)).toISOString()})`,
    );
  });
});
