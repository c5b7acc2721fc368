import type * as z from "zod";

/** What a JSON text holds; undefined where it is no JSON, or not of that form. */
export function parsedAs<Type extends z.ZodType>(type: Type, text: string): z.output<Type> | undefined {
  try {
    return type.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
