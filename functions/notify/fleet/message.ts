import { bounded } from "../../shared/text.ts";
import type { FleetStorm } from "../../shared/fleet-storms.ts";
import { signWords } from "../../shared/signs.ts";
import { MAX_DESCRIPTION, plain } from "../chat-form.ts";
import { asciiLine } from "../message.ts";
import { newsMessage } from "../news.ts";
import type { Published } from "../sns.ts";
import { FLEET_VERSION, type Alike, type FleetDocument } from "./document.ts";
import type { Decided } from "./storms.ts";
import { fleetLines, fleetTitle } from "./words.ts";

/** How many clusters of each the JSON names: a message of SNS has 256 KiB. */
const MAX_NAMES = 100;

/**
 * What there is to tell of what was decided; undefined where there is nothing.
 * @param about the hub, whether remedies are held back, and when it was decided
 */
export function fleetDocument(
  decided: Decided,
  about: Pick<FleetDocument, "at" | "hold" | "hub">,
): FleetDocument | undefined {
  const { begun, over, storms, seen } = decided;
  if (begun.length + over.length === 0) return undefined;
  const begunSigns = new Set(begun.map(({ sign }) => sign));
  const lasting = storms.filter((storm) => storm.over === undefined && !begunSigns.has(storm.sign));
  return {
    ...({ version: FLEET_VERSION, about: "fleet_storm", ...about, seen } as const),
    begun: begun.map(alikeOf),
    over: over.map(alikeOf),
    lasting: lasting.map(alikeOf),
  };
}

function alikeOf({ sign, since, clusters, mended, let_on }: FleetStorm): Alike {
  return {
    sign,
    what: signWords(sign),
    since,
    number: clusters.length,
    clusters: clusters.slice(0, MAX_NAMES),
    mended: mended.length,
    let_on: let_on.slice(0, MAX_NAMES),
  };
}

/** The message in the form for each protocol. */
export function fleetMessage(document: FleetDocument, isForChat: boolean): Published {
  const title = fleetTitle(document);
  const lines = fleetLines(document);
  const [first] = document.begun;
  return newsMessage({
    about: document.about,
    document,
    subject: asciiLine(first === undefined ? title : `${title}: ${first.what}`),
    title,
    lines,
    attributes: { needs_person: String(document.begun.length > 0) },
    chat: isForChat
      ? {
          eventType: "remediation.FleetStorm",
          description: bounded(lines.map(plain).join(" "), MAX_DESCRIPTION),
          keywords: [],
        }
      : undefined,
  });
}
