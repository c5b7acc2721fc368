import { describe, expect, it } from "vitest";
import { workloadMessage } from "../../../functions/notify/message.ts";
import type { RemedyResult } from "../../../functions/run/contracts.ts";
import { reportOf } from "../../../functions/run/telling.ts";
import { incident, NOW, policy } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

/** What a person is to do after a dry run whose step has answered that. */
function stepsAfter(planned: Partial<RemedyResult>): string[] {
  const remedy = remedyResult({ status: "planned", ...planned });
  const asked = incident({ origin: "person", requested: { action: "rollback" } });
  const run = claimedRun({ dry_run: true, incident: asked, diagnosis: diagnosis(), remedy });
  return workloadMessage(run, reportOf(run, policy(), NOW)).document.next_steps;
}

describe("what is to be done after a dry run", () => {
  it("is to send the request again, where that would carry it out", () => {
    expect(stepsAfter({})).toEqual(["Send the same request without dry_run to carry it out."]);
  });

  it("is not that where a limit would hold it back", () => {
    const [step] = stepsAfter({ refusal: "TooManyThisHour" });

    expect(step).toContain("It would be held back now");
  });
});
