/** The headings that the text of a notification may have: nothing else may look like one. */
export const HEADINGS = [
  "Found",
  "Evidence",
  "Evidence before the change",
  "Done",
  "Changed",
  "Verified",
  "Not done",
  "Next",
  "Look at it",
];
