import { ParameterNotFound } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { refusalOf } from "../shared/aws/refusal.ts";
import { clusterOfArn, type ClusterPlace } from "../shared/cluster-name.ts";
import { entriesFor, type SettingsHere } from "../shared/settings-here.ts";
import { parameterNames, parseSettings, parseSwitch, type Settings, type Stopped } from "../shared/settings.ts";
import { readParameter } from "./parameter.ts";

/** What a function knows of what is set at run time from its deployment, in the variable `REMEDIATION_SETTINGS`. */
export const SettingsVariable = z.object({
  /** What the names of the parameters begin with. */
  path: z.string(),
  /** The ARN of the cluster that the deployment is for: clusters without an ARN are in its account and region. */
  own: z.string(),
});

/** The texts of the parameters, as far as there are such. */
export interface Texts {
  settings?: string | undefined;
  stop?: string | undefined;
}

/** What was read. */
export interface Known {
  settings: Settings | undefined;
  stopped: Stopped | undefined;
  unreadable?: string | undefined;
}

/** How long what was read is used before it is read again, in milliseconds. */
const USED_MS = 10_000;
/**
 * How long the last settings are used while they cannot be read, or are malformed, from when their reading began. With the
 * longest that a write may take after that, it is less than the 30 seconds in which the switch holds.
 */
const KEPT_MS = 20_000;

/** A function has a few seconds to find out that it cannot know what is set. */
const QUICK = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  maxAttempts: 3,
} as const;

/**
 * Reads what is set, anew after some seconds. What cannot be used is answered with its reason, never thrown. Whoever is known to
 * have stopped everything has done so until it is read that they have not.
 * @param read reads the texts. What it throws is why they cannot be read
 * @param clock the time of day, in milliseconds: a function that was frozen has to notice
 */
export function settingsReader(
  read: () => Promise<Texts>,
  clock: () => number = () => Date.now(),
): () => Promise<Known> {
  let latest: { at: number; known: Known } | undefined;
  let usable: { at: number; settings: Settings } | undefined;
  return async () => {
    const at = clock();
    if (latest !== undefined && isWithin(USED_MS, latest.at, at) && !isTooOld(latest.known, at)) return latest.known;
    const known = await readNow();
    if (known.unreadable === undefined) {
      if (known.settings !== undefined) usable = { at, settings: known.settings };
      latest = { at, known };
      return known;
    }
    const kept = usable === undefined ? known : { settings: usable.settings, stopped: known.stopped };
    latest = { at, known: isTooOld(kept, clock()) ? known : kept };
    return latest.known;
  };

  function isTooOld({ settings }: Known, now: number): boolean {
    return settings !== undefined && usable !== undefined && !isWithin(KEPT_MS, usable.at, now);
  }

  async function readNow(): Promise<Known> {
    let texts: Texts;
    try {
      texts = await read();
    } catch (error) {
      return { settings: undefined, stopped: latest?.known.stopped, unreadable: refusalOf(error).message };
    }
    const stopped = parseSwitch(texts.stop);
    try {
      return { settings: parseSettings(texts.settings), stopped };
    } catch (error) {
      return { settings: undefined, stopped, unreadable: `They are malformed: ${refusalOf(error).message}` };
    }
  }
}

/** A clock that was set back makes nothing last longer. */
function isWithin(milliseconds: number, since: number, now: number): boolean {
  return Math.abs(now - since) < milliseconds;
}

let reader: { path: string; read: () => Promise<Known> } | undefined;

/**
 * What is set for a cluster. A function that does not know where to read it changes nothing.
 * @param variable what the deployment says, in `REMEDIATION_SETTINGS`
 */
export async function settingsOf(
  clusterName: string,
  variable = process.env["REMEDIATION_SETTINGS"],
): Promise<SettingsHere> {
  if (variable === undefined) {
    return { path: "", entries: [], unreadable: "The function was not told where to read them. Deploy it anew." };
  }
  const { path, own } = SettingsVariable.parse(JSON.parse(variable));
  if (reader?.path !== path) reader = { path, read: settingsReader(async () => await readTexts(path)) };
  const { settings, stopped, unreadable } = await reader.read();
  const entries = settings === undefined ? [] : entriesFor(settings, placeOf(clusterName, own));
  const why = unreadable === undefined ? undefined : `${path}: ${unreadable}`;
  return { path, stopped, unreadable: why, entries };
}

function placeOf(clusterName: string, own: string): ClusterPlace {
  const { account = "", region = "" } = clusterOfArn(own) ?? {};
  return clusterOfArn(clusterName) ?? { name: clusterName, account, region };
}

/** Both parameters at once; what is not there is not set. */
async function readTexts(path: string): Promise<Texts> {
  const names = parameterNames(path);
  const [settings, stop] = await Promise.all([textIn(names.settings), textIn(names.stop)]);
  return { settings, stop };
}

async function textIn(name: string): Promise<string | undefined> {
  try {
    // One without a value is malformed.
    return await readParameter(name, QUICK);
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
