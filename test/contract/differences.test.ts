import { describe, expect, it } from "vitest";
import { differencesBetween, unexpected } from "./differences.ts";
import { Normaliser, type NormalAnswer } from "./normalise.ts";

const answer = (body: unknown, status = 200): NormalAnswer => ({ status, headers: {}, body });
const listed = (at: string[]) => [{ reason: "It may.", in: ["a: b"], at }];

describe("two answers", () => {
  it("differ where one has another value, or none", () => {
    const real = answer({ kind: "List", items: [{ a: 1, b: 2 }, { a: 3 }] });
    const embedded = answer({ kind: "List", items: [{ a: 1 }] }, 201);

    expect(differencesBetween("a: b", real, embedded)).toEqual([
      { exchange: "a: b", at: "body.items[0].b", real: 2, embedded: undefined },
      { exchange: "a: b", at: "body.items[1]", real: { a: 3 }, embedded: undefined },
      { exchange: "a: b", at: "status", real: 200, embedded: 201 },
    ]);
  });

  it("differ as a whole when they are of different kinds", () => {
    const found = differencesBetween("a: b", answer({ kind: "Pod", a: 1 }), answer({ kind: "Status", b: 1 }));

    expect(found.map(({ at }) => at)).toEqual(["body"]);
  });
});

describe("a difference", () => {
  const found = differencesBetween("a: b", answer({ l: [{ x: { y: 1 } }] }), answer({ l: [{ x: { y: 2 } }] }));

  it.each([["body.l[0].x.y"], ["body.l[].x"], ["body"]])("is expected when %s is listed", (part) => {
    expect(unexpected(found, listed([part]))).toEqual({ unlisted: [], gone: [] });
  });

  it("is not expected when only its neighbours are listed", () => {
    expect(unexpected(found, listed(["body.l[].x.yes"]))).toEqual({ unlisted: found, gone: ["a: b: body.l[].x.yes"] });
  });

  it("is missed when it is listed and does not occur", () => {
    expect(unexpected(found, listed(["body", "status"])).gone).toEqual(["a: b: status"]);
  });
});

describe("a normalised answer", () => {
  const uid = "7b0e5f4e-63c2-4d5c-8c39-0d9a3f7a2b11";
  const object = (resourceVersion: string) => ({ metadata: { name: "web", uid, resourceVersion } });

  it("tells versions of an object apart, and not what they are", () => {
    const one = new Normaliser();
    const bodies = ["17", "17", "23"].map((version) => one.answer(200, {}, object(version)).body);

    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).not.toEqual(bodies[0]);
    expect(new Normaliser().answer(200, {}, object("5")).body).toEqual(bodies[0]);
  });

  it("has no uids, moments and ages", () => {
    const body = { kind: "Table", rows: [{ cells: ["web", "5m3s"] }], message: `${uid} at 2026-06-01T12:00:00Z` };

    expect(new Normaliser().answer(200, {}, body).body).toEqual({
      kind: "Table",
      message: "uid of nothing at a moment",
      rows: [{ cells: ["web", "an age"] }],
    });
  });

  it("keeps of the headers what clients act on", () => {
    const headers = { "content-type": "application/json", "retry-after": "10", date: "today" };

    expect(new Normaliser().answer(429, headers, "").headers).toEqual({
      "content-type": "application/json",
      "retry-after": "10",
    });
  });
});
