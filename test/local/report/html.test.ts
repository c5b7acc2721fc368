import { describe, expect, it } from "vitest";
import type { Notification } from "../../../functions/notify/notification.ts";
import { reportOf } from "../../../local/report/html.ts";
import { diagnosis } from "../../support/runs.ts";
import { incident, WEB } from "../../support/objects.ts";
import { PATH, RECOVERED, recordingOf } from "./recordings.ts";

const named = (name: string) => ({ ...RECOVERED, incident: incident({ workload: { ...WEB, name } }) });

describe("the report of a run", () => {
  it("tells of each workload its outcome, what was found and decided, when, and by which path", () => {
    const html = reportOf(recordingOf([named("web"), named("api")]));

    for (const name of ["web", "api"]) expect(html).toContain(`Deployment shop/<wbr>${name}</h3>`);
    expect(html.match(/<ol class="path" role="list"><li>Claim workload<\/li>/g)).toHaveLength(2);
    expect(html.match(/ through the workflow: /g)).toHaveLength(1);
    expect(html).toContain(
      `aria-label="The paths of 2 workloads through the workflow: ${PATH.map((state) => `${state} 2`).join(", ")}`,
    );
    expect(html).toContain(`<dt>Outcome</dt><dd><span class="outcome good">Recovered</span></dd>`);
    expect(html).toContain("<li>revision 1 has 2 available replicas</li>");
    expect(html).toContain("<li>Cause: CrashLoopAfterRollout (confidence high)</li>");
    expect(html).toContain("<li>Not restart: the same template crashes again</li>");
    expect(html).toContain(">+4 s</time><span><strong>Roll back</strong>: Rolled back from revision 2");
    expect(html).toContain(" UTC</time>, took 90 s");
  });

  it("stands alone: it loads nothing and runs nothing", () => {
    const html = reportOf(recordingOf([RECOVERED]));

    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:\/\/(?!eu-west-1\.console)/);
    expect(html).toContain("default-src 'none'");
  });

  it("shows what the cluster says as text, whatever it holds", () => {
    const evil = `<img src=x onerror=alert(1)>"'&`;
    const run = {
      ...RECOVERED,
      diagnosis: diagnosis({ summary: evil, evidence: [evil], rejected: [{ action: evil, reason: evil }] }),
      incident: incident({ workload: { ...WEB, name: evil }, failures: [{ reason: evil, count: 1, message: evil }] }),
    };
    const html = reportOf(recordingOf([run]));

    expect(html).not.toContain("<img");
    expect(html).not.toContain(`onerror=alert(1)>"`);
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;");
  });

  it("says how far each workload had come when the run was interrupted", () => {
    const interrupted = recordingOf([{ ...RECOVERED, verification: undefined }], PATH.slice(0, 7));
    const html = reportOf({ ...interrupted, events: interrupted.events.slice(0, -1), result: { status: "aborted" } });

    expect(html).toContain("<strong>Interrupted</strong>");
    expect(html).toContain("Whether it helped could not be verified.");
    expect(html).toContain("<dd>rollback</dd>");
  });

  it("says what was found and what to do where a run looked after nothing on purpose", () => {
    const told = { ...recordingOf([]), result: { status: "succeeded", output: { outcomes: ["Storm"] } } as const };
    const found = "20 workloads fail";
    const document = { outcome: "Storm", summary: found, found: ["Deployment shop/web"], next_steps: ["Look at DNS."] };
    const html = reportOf({ ...told, notifications: [{ document }] as unknown as Notification[] });

    for (const part of [">Storm</span>", found, "<li>Deployment shop/web</li>", "<li>Look at DNS.</li>"])
      expect(html).toContain(part);
  });

  it("leaves out characters that HTML does not allow, and those that turn the direction of text", () => {
    const cause = "a\u0000b\u202Ec\u2066d\ud800";
    const html = reportOf({ ...recordingOf([]), result: { status: "failed", error: { name: "X", cause } } });

    for (const character of ["\u0000", "\u202E", "\u2066", "\ud800"]) expect(html).not.toContain(character);
  });

  it("says how a run ended that looked after nothing", () => {
    const healthy = { ...recordingOf([]), result: { status: "succeeded", output: { outcomes: ["Healthy"] } } as const };
    const failed = { ...healthy, result: { status: "failed", error: { name: "Forbidden", cause: "No." } } as const };

    expect(reportOf(healthy)).toContain(`<span class="outcome good">Healthy</span>`);
    expect(reportOf(failed)).toContain("<strong>Failed: Forbidden</strong> No.");
    expect(reportOf({ ...healthy, result: { status: "aborted" } })).toContain("Interrupted");
  });
});
