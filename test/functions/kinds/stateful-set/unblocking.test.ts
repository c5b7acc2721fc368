import { describe, expect, it } from "vitest";
import { podsToUnblock } from "../../../../functions/kinds/stateful-set/unblocking.ts";
import type { Pod, StatefulSet } from "../../../../functions/shared/kubernetes/types.ts";
import { ago } from "../../../support/objects.ts";
import { db, dbPod, revisionOf } from "../../../support/set-objects.ts";

const BROKEN = { ready: false };
const names = (pods: Pod[], set: StatefulSet = db()) => podsToUnblock(set, pods, revisionOf(1)).map(({ name }) => name);

describe("the pods that keep a StatefulSet from going back to a revision", () => {
  it("are those that are not ready and not of that revision, pinned by their UIDs", () => {
    expect(podsToUnblock(db(), [dbPod(0, 1), dbPod(1, 1), dbPod(2, 2, BROKEN)], revisionOf(1))).toEqual([
      { name: "db-2", uid: "db-2-uid" },
    ]);
  });

  it("are all of them where all are broken, in the order of their ordinals", () => {
    const all = [10, 2, 0].map((ordinal) => dbPod(ordinal, 2, BROKEN));

    expect(names(all)).toEqual(["db-0", "db-2", "db-10"]);
  });

  it("may be of yet another revision, one that never got through", () => {
    expect(names([dbPod(0, 1), dbPod(1, 1), dbPod(2, 3, BROKEN)])).toEqual(["db-2"]);
  });

  it("are none of those that are ready, of the revision itself, on their way out, or failed for good", () => {
    const pods = [
      dbPod(0, 2),
      dbPod(1, 1, BROKEN),
      dbPod(2, 2, { ready: false, metadata: { deletionTimestamp: ago(1) } }),
      { ...dbPod(3, 2), status: { phase: "Failed" } },
    ];

    expect(names(pods)).toEqual([]);
  });

  it("are none where the controller does not wait for one pod before it replaces the next", () => {
    expect(names([dbPod(2, 2, BROKEN)], db({ spec: { podManagementPolicy: "Parallel" } }))).toEqual([]);
  });

  it("are none that the partition keeps at their revision", () => {
    const partition = { type: "RollingUpdate", rollingUpdate: { partition: 1 } };
    const pods = [1, 2].map((ordinal) => dbPod(ordinal, 2, BROKEN));

    expect(names([dbPod(0, 2, BROKEN), ...pods], db({ spec: { updateStrategy: partition } }))).toEqual([
      "db-1",
      "db-2",
    ]);
    expect(names(pods, db({ spec: { updateStrategy: partition, ordinals: { start: 1 } } }))).toEqual(["db-2"]);
  });
});
