import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";
import type { Destroyed } from "../../functions/remedies/destroyed.ts";
import { keyOf, notKept } from "../../functions/remedies/keep-evidence.ts";
import type { RemedyEnvironment } from "../../functions/remedies/step.ts";
import { keepInFile } from "./file.ts";

/** Keeps outcomes in a file, and what remedies destroy in the folder `evidence` beside it. */
export function keptBeside(record: string): Pick<NotifyEnvironment, "keep"> & Pick<RemedyEnvironment, "preserve"> {
  return {
    keep: (outcome) => keepInFile(record, outcome),
    preserve: (destroyed) => keepInFolder(join(dirname(record), "evidence"), destroyed),
  };
}

/** @throws RemediationError `EvidenceNotKept` */
async function keepInFolder(folder: string, destroyed: Destroyed): Promise<void> {
  const file = join(folder, keyOf(destroyed));
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, JSON.stringify(destroyed), { mode: 0o600 });
  } catch (error) {
    throw notKept(destroyed, file, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
