import { describe, expect, it } from "vitest";
import { Attempts, withoutRetryCount } from "../../../local/engine/attempts.ts";
import { REMEDIES } from "../../../functions/remedies/contracts.ts";
import { loadDefinition } from "../../../local/engine/engine.ts";

describe("the attempts of a state", () => {
  it("are counted for each input by itself, from none", () => {
    const attempts = new Attempts();
    const [web, api] = ["web", "api"].map((name) => ({ attempt: 0, run: { name } }));
    expect(attempts.fill(web)).toEqual({ attempt: 0, run: { name: "web" } });
    expect(attempts.fill(web)).toEqual({ attempt: 1, run: { name: "web" } });

    expect(attempts.fill(web)).toEqual({ attempt: 2, run: { name: "web" } });
    expect(attempts.fill(api)).toEqual({ attempt: 0, run: { name: "api" } });
  });

  it("are not put into an input that does not ask for them", () => {
    const input = { run: { name: "web" } };

    expect(new Attempts().fill(input)).toBe(input);
  });

  it("are asked for by each state that carries a remedy out, and the engine gets none of its questions", () => {
    const asked = JSON.stringify(loadDefinition()).split("$$.State.RetryCount").length - 1;

    expect(asked).toBe(REMEDIES.length);
    expect(JSON.stringify(withoutRetryCount(loadDefinition()))).not.toContain("RetryCount");
  });
});
