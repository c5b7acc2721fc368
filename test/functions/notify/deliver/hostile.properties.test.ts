import { describe, expect, it } from "vitest";
import { formOf } from "../../../../functions/notify/deliver/deliver.ts";
import { DESTINATIONS } from "../../../../functions/notify/deliver/destinations.ts";
import { shownOf, type Shown } from "../../../../functions/notify/deliver/shown.ts";
import { slackOf } from "../../../../functions/notify/deliver/slack.ts";
import { teamsOf } from "../../../../functions/notify/deliver/teams.ts";
import { pagerEventOf } from "../../../../functions/notify/deliver/pager-duty.ts";
import type { Told } from "../../../../functions/notify/deliver/told.ts";
import { unlinked } from "../../../../functions/notify/unlinked.ts";
import { hostileText } from "../../../support/hostile.ts";
import fc, { type Arbitrary } from "../../../support/properties.ts";
import { document } from "./documents.ts";

/** Messages in which every text that comes from a cluster or a container is hostile; links are the workflow's own. */
const texts = fc.array(hostileText, { maxLength: 60 });
const name = hostileText.map((text) => text.slice(0, 253));
const outcome: Arbitrary<Told> = fc
  .record({
    workload: fc.record({ kind: name, namespace: name, name }),
    cluster_name: name,
    cause: name,
    headline: hostileText,
    what: hostileText,
    status: texts,
    found: texts,
    evidence: texts,
    done: texts,
    differences: texts,
    next_steps: texts,
    commands: texts,
    requested_by: hostileText,
  })
  .map((fields) => ({ is: "outcome", document: document(fields) }));
const alarm: Arbitrary<Told> = fc
  .record({ AlarmName: hostileText, AlarmDescription: hostileText, NewStateReason: hostileText })
  .map((fields) => ({ is: "alarm", alarm: { ...fields, NewStateValue: "ALARM" } }));
const told = fc.oneof(outcome, alarm);

/** Every text in a form. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

const URL_OF_OWN = document().execution.console_url ?? "";

describe("text from the cluster", () => {
  it("has no meaning in Slack: all of it is plain text, and of the rest only the workflow's own links are markup", () => {
    fc.assert(
      fc.property(told, (each) => {
        const { text, blocks } = slackOf(shownOf(each));
        expect(text).not.toMatch(/[<>]/);
        expect(blocks.length).toBeLessThanOrEqual(50);
        for (const { type, text: own } of blocks) {
          expect(own.text.length).toBeGreaterThan(0);
          expect(own.text.length).toBeLessThanOrEqual(type === "header" ? 150 : 3_000);
          if (own.type === "mrkdwn") expect(own.text).toBe(`<${URL_OF_OWN.replaceAll("&", "&amp;")}|The execution>`);
          else expect(own.text).toBe(unlinked(own.text));
        }
      }),
    );
  });

  it("has no meaning in Teams: it stands in runs of text, in which no signs mean anything, and is small enough", () => {
    fc.assert(
      fc.property(told, (each) => {
        const message = teamsOf(shownOf(each));
        const { body, actions } = message.attachments[0].content;
        expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(28 * 1_024);
        for (const block of body) {
          expect(block.type).toBe("RichTextBlock");
          for (const run of block.inlines) {
            expect(run.type).toBe("TextRun");
            expect(run.text).toBe(unlinked(run.text));
            expect(run.text).not.toContain("{{");
          }
        }
        expect(actions.map(({ url }) => url)).toEqual(each.is === "alarm" ? [] : [URL_OF_OWN]);
      }),
    );
  });

  it("is no link and no mention in PagerDuty, nor where that hands it on, and fits", () => {
    fc.assert(
      fc.property(outcome, (each) => {
        const event = each.is === "outcome" ? pagerEventOf(each.document) : undefined;
        if (event?.event_action !== "trigger") throw new Error("It pages.");
        const { payload } = event;
        for (const text of textsIn({ ...payload, details: Object.keys(payload.custom_details) })) {
          expect(text).toBe(unlinked(text));
          expect(text).not.toMatch(/[<>@\n]/);
        }
        expect(payload.summary.length).toBeLessThanOrEqual(1_024);
        expect(event.dedup_key.length).toBeLessThanOrEqual(255);
        expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(512_000);
      }),
    );
  });

  it("brings no line breaks or control characters of its own, in any form", () => {
    fc.assert(
      fc.property(told, fc.constantFrom(...DESTINATIONS), (each, destination) => {
        const lines = textsIn(formOf(each, destination)).flatMap((text) => text.split("\n"));
        expect(lines.filter((line) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
      }),
    );
  });
});

describe("what is too much", () => {
  const line = "x".repeat(599);
  const much: Shown = {
    title: "t".repeat(500),
    what: "w".repeat(5_000),
    sections: Array.from({ length: 17 }, (_, index) => ({
      heading: `H${index}`,
      lines: Array.from({ length: 90 }, () => line),
    })),
    links: [],
  };

  it("is shortened, and says so", () => {
    const text = JSON.stringify(teamsOf(much));

    expect(Buffer.byteLength(text)).toBeLessThan(28 * 1_024);
    expect(text).toContain("H16");
    expect(text).toMatch(/and \d+ more/);
  });

  it("loses its sections where nothing else helps", () => {
    const sections = Array.from({ length: 500 }, () => ({ heading: "H".repeat(90), lines: [line] }));

    expect(teamsOf({ ...much, sections }).attachments[0].content.body).toHaveLength(2);
    expect(slackOf({ ...much, sections }).blocks).toHaveLength(2);
  });

  it("is no date that Teams would make of it", () => {
    const what = "{{DATE(2026-06-01T12:00:00Z)}}";

    expect(JSON.stringify(teamsOf({ ...much, what, sections: [] }))).not.toContain("{{");
  });

  it("is cut in no middle of a character", () => {
    const [, what] = slackOf({ ...much, what: `${"w".repeat(2_998)}😀😀` }).blocks;

    expect(what?.text.text).toBe(`${"w".repeat(2_998)}…`);
  });
});
