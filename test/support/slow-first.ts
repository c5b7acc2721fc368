import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes long: the command line in processes of its own, whole scenarios, and templates that are synthesised. */
const SLOW = /\/test\/(documents|extension|infra|statemachines|local\/(command-line|embedded|mcp|scenarios))\//;

/** Begins with what takes long, so that no worker is left with it at the end while the others have nothing more to do. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) => SLOW.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
