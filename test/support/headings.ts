/** The headings that the text of a notification may have: nothing else may look like one. */
export { HEADINGS } from "../../functions/notify/sections.ts";
