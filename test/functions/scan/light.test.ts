import { expect, it } from "vitest";
import { light } from "../../../functions/scan/light.ts";

const many = (prefix: string, value = "v") =>
  Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`${prefix}-${index}`, value]));

it("keeps of an object's metadata what is small, and what the workflow goes by", () => {
  const kept = light({
    name: "web",
    labels: { ...many("label"), "app.kubernetes.io/name": "web" },
    annotations: { ...many("note"), long: "x".repeat(10_000), "eks-remediation/enabled": "false" },
    managedFields: [{ manager: "kubectl" }],
  });

  expect(kept).toMatchObject({
    name: "web",
    labels: { "app.kubernetes.io/name": "web" },
    annotations: { "eks-remediation/enabled": "false" },
  });
  expect(kept).not.toHaveProperty("managedFields");
  expect(JSON.stringify(kept).length).toBeLessThan(5_000);
});
