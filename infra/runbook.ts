/** The runbook's path in this project. */
export const RUNBOOK = "docs/operate.md";

/** Where a section of the runbook is, as GitHub and most renderers of Markdown make anchors of headings. */
export function runbookSection(runbook: string, heading: string): string {
  return `${runbook}#${anchorOf(heading)}`;
}

/** `needs-a-person` for "Needs a person". */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .replaceAll(" ", "-");
}
