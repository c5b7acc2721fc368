import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import * as z from "zod";

/** Where the chapters are, one file each. */
const CHAPTERS = fileURLToPath(new URL("chapters/", import.meta.url));

const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

const Exchange = z.strictObject({
  /** What the API promises, as the end of a sentence that begins with "it". */
  it: z.string().min(1),
  /** `GET /api/v1/namespaces`. `${KIND/NAME:FIELD}`, here and in the body, is a field of an object as answered last. */
  send: z.string().regex(/^(GET|POST|PUT|PATCH|DELETE) \/\S*$/),
  accept: z.string().default("application/json"),
  /** The media type of the body. */
  type: z.string().optional(),
  /** Sent as JSON. */
  body: z.json().optional(),
  /** Sent as it is. */
  text: z.string().optional(),
  /** The server has first forgotten what was before: of earlier versions it knows nothing any more. */
  after_forgetting: z.literal(true).optional(),
});
/** One request. */
export type Exchange = z.output<typeof Exchange>;

const ChapterFile = z.strictObject({
  /** What the chapter is about, as a title. */
  about: z.string().min(1),
  /**
   * Objects that are there before, in this order, each with its status. The chapter's namespace is there as well.
   * `${AGO:177d}` is the moment so many days ago: how long ago something was is printed, and is the same on every day.
   */
  state: z.array(Manifest).default([]),
  exchanges: z.array(Exchange).min(1),
});

/** Requests to one API server, one after the other, in a namespace that is named after the chapter. */
export interface Chapter extends z.output<typeof ChapterFile> {
  /** The file's name. */
  name: string;
}

/** All chapters, in alphabetical order. @throws Error for a file that is none */
export function chapters(): Chapter[] {
  return readdirSync(CHAPTERS)
    .sort()
    .map((file) => {
      const parsed = ChapterFile.safeParse(parse(readFileSync(`${CHAPTERS}${file}`, "utf8"), { merge: true }));
      if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
      const sentences = parsed.data.exchanges.map(({ it }) => it);
      const twice = sentences.find((sentence, index) => sentences.indexOf(sentence) !== index);
      if (twice !== undefined) throw new Error(`${file}: two exchanges say "${twice}".`);
      return { ...parsed.data, name: file.replace(/\.yaml$/, "") };
    });
}
