import { expect, test } from "vitest";
import { changedFields, lostFields, withFields } from "./changed-fields.ts";

const WEB = { uid: "1", spec: { replicas: 2, template: { image: "web:1" } } };
const before = { "deployments/web": WEB };

test("a field that somebody set is found, alone", () => {
  const after = { "deployments/web": { ...WEB, spec: { ...WEB.spec, replicas: 3 } } };

  expect(changedFields(before, after)).toEqual([{ object: "deployments/web", path: ["spec", "replicas"], value: 3 }]);
});

test("what somebody set is put over what was before, and nothing else", () => {
  const set = changedFields(before, { "deployments/web": { ...WEB, spec: { ...WEB.spec, paused: true } } });

  expect(withFields(before, set)).toEqual({ "deployments/web": { ...WEB, spec: { ...WEB.spec, paused: true } } });
  expect(withFields(before, changedFields(before, {}))).toEqual({});
});

test("a field is lost when it is not as it was set, and an object when it is back", () => {
  const template = changedFields(before, { "deployments/web": { ...WEB, spec: { ...WEB.spec, template: {} } } });

  expect(lostFields(before, template)).toEqual(["deployments/web: spec.template.image"]);
  expect(lostFields(before, changedFields(before, {}))).toEqual(["deployments/web"]);
  expect(lostFields({}, changedFields(before, {}))).toEqual([]);
});
