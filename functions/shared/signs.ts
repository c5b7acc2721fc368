import * as z from "zod";
import { bounded } from "./text.ts";

/** The ways in which clusters may fail alike. */
const WAYS = {
  /** Containers of an image fail. */
  run: (image: string) => `containers of image ${image} fail`,
  /** An image cannot be pulled. */
  pull: (image: string) => `image ${image} cannot be pulled`,
  /** Images of several namespaces, of one registry, cannot be pulled. */
  registry: (host: string) => `several images of registry ${host} cannot be pulled`,
  /** Many workloads fail at once. */
  storm: () => "many workloads fail at once",
  /** The cluster could not be looked at, for an error of this name. */
  error: (name: string) => `looks end with ${name}`,
} as const;
type Way = keyof typeof WAYS;

/** How many signs a look at a cluster keeps at most: where there are as many, there may be others. */
export const MOST_SIGNS = 12;

/** How long what a sign is of may be, in characters. */
const MAX_SUBJECT = 160;

/**
 * One way in which something fails on a cluster, by which clusters that fail alike are known: a word, and what it is of, as in
 * `pull shop/web:2`. Names of images are chosen by whoever makes pods.
 */
export const Sign = z.string().max(MAX_SUBJECT + 10);

/** Makes a sign. */
export function signOf(way: Way, subject = ""): string {
  return subject === "" ? way : `${way} ${bounded(subject, MAX_SUBJECT)}`;
}

/** What a sign says, as a part of a sentence. */
export function signWords(sign: string): string {
  const [way = "", ...rest] = sign.split(" ");
  const words = Object.hasOwn(WAYS, way) ? WAYS[way as Way] : undefined;
  return words === undefined ? `they show ${sign}` : words(rest.join(" "));
}

/** Whether a sign is of workloads, which remedies are for. */
export function isOfWorkloads(sign: string): boolean {
  return /^(run|pull|registry) /.test(sign);
}
