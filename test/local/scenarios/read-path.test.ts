import { expect, it } from "vitest";
import { readPath } from "../../../local/scenarios/read-path.ts";

const OBJECT = {
  spec: { containers: [{ image: "shop/web:1" }] },
  annotations: { "shop/owner.name": "web" },
  gone: null,
};

it.each([
  ["spec.containers[0].image", "shop/web:1"],
  ['annotations["shop/owner.name"]', "web"],
  ["spec.containers[1].image", null],
  ["spec.containers[0].image.tag", null],
  ["gone", null],
])("%s reads a field, and null where there is none", (path, value) => {
  expect(readPath(OBJECT, path)).toEqual(value);
});
