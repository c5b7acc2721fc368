import { describe, expect, it } from "vitest";
import { chatOf } from "../../../functions/notify/chat-form.ts";
import { workloadMessage } from "../../../functions/notify/message.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import type {
  Change,
  Claim,
  Diagnosis,
  RemedyResult,
  UndoResult,
  UndoVerification,
  Verification,
  WorkloadRun,
} from "../../../functions/run/contracts.ts";
import { REFUSALS, type Refusal } from "../../../functions/run/refusals.ts";
import { reportOf } from "../../../functions/run/telling.ts";
import { incident, policy } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

/** Every way in which the remediation of a workload can stop, and what must be true of all that is said of it. */

const AT = "2026-06-01T12:00:00.000Z";
const LOG = { pod: "web-2-a", container: "app", previous: true };
const SIGHT = { at: AT, ready: 0, wanted: 3, unavailable_since: "2026-06-01T11:41:00.000Z", log: LOG };
/** What puts the version back that failed. */
const WORSE = "--to-revision=2";
const PODS = [{ name: "web-2-a", uid: "a" }];

const rollback = remedyResult().change as Change;
const evict: Change = { kind: "restart", mode: "evict", pods: PODS };
const remove: Change = { kind: "restart", mode: "clean_up", pods: PODS };
const scale: Change = { kind: "scale", scale: { target: "replicas", from: 3, to: 4 } };
const CHANGES = { rollback, evict, remove, scale };

const VERDICTS = [
  ...(["recovered", "settling", "go_on", "not_recovered", "cut_short", "nothing_runs"] as const),
  ...(["overtaken", "interrupted", undefined] as const),
];
const UNDOS = ["none", "undone", "not undone", "overtaken", "left", "failed"] as const;
/** The refusals by which something is proposed, or was. */
const PLANNED: readonly Refusal[] = ["ApprovalNeeded", "ApprovalExpired", "PlanChanged", "Declined"];
const PLAN = "0123456789abcdef";
const ERROR = { Error: "ClusterUnavailable", Cause: '{"errorMessage":"It does not answer."}' };

interface Case {
  what: string;
  run: WorkloadRun;
  change?: Change;
  late: boolean;
}

function planned(change: Change): Diagnosis["remedy"] {
  const { kind, ...plan } = change;
  return { action: kind, ...plan } as Diagnosis["remedy"];
}

function applied(change: Change): RemedyResult {
  const undo = change.kind === "restart" ? "cannot be undone" : "can be undone";
  return remedyResult({ change, undo, message: "It was carried out.", done_at: AT });
}

function look(verdict: Verification["verdict"]): Verification {
  const sight = { at: "2026-06-01T12:10:00.000Z", ready: 1, wanted: 3 };
  return {
    verdict,
    reasons: verdict === "recovered" ? [] : ["pod web-9: CrashLoopBackOff"],
    wait_seconds: 1,
    observation: { digest: "d", well_since: null, sight },
  };
}

function undoneSo(how: (typeof UNDOS)[number]): Partial<WorkloadRun> {
  const undo = (status: UndoResult["status"]): UndoResult => {
    return { status, message: "What became of it.", wait_seconds: 1, deadline: AT };
  };
  const seen = (verdict: UndoVerification["verdict"]) => ({ undo_verification: { verdict, reasons: ["it is there"] } });
  switch (how) {
    case "none":
      return {};
    case "undone":
      return { undo: undo("applied"), ...seen("undone") };
    case "not undone":
      return { undo: undo("applied"), ...seen("not_undone") };
    case "overtaken":
    case "left":
      return { undo: undo(how) };
    case "failed":
      return { undo_error: ERROR };
  }
}

function* cases(): Generator<Case> {
  for (const asked of [false, true]) {
    const about = incident({
      failures: [{ reason: "CrashLoopBackOff", exit_code: 1, restarts: 3, count: 2 }],
      failing_pods: 2,
      sample_pods: ["web-2-a"],
      ...(asked ? { requested: { action: "rollback" } as const } : {}),
    });
    const of = (remedy: Diagnosis["remedy"]) => ({
      incident: about,
      diagnosis: diagnosis({ remedy, sight: SIGHT, ...(asked ? { cause: "Requested" } : {}) }),
    });
    const who = asked ? "asked for" : "found";
    for (const refusal of REFUSALS) {
      const none = { action: "none", refusal, message: "Why it is not done." } as const;
      const refused: Claim = { status: "refused", lease: "l", refusal, message: "Why.", needs_person: true };
      yield { what: `${who}, ${refusal}`, run: claimedRun(of(none)), late: false };
      yield { what: `${who}, ${refusal}, dry run`, run: claimedRun({ ...of(none), dry_run: true }), late: false };
      if (PLANNED.includes(refusal)) {
        const plan = { ...of(none), diagnosis: { ...of(none).diagnosis, plan: PLAN } };
        yield { what: `${who}, ${refusal} of a plan`, run: claimedRun(plan), late: false };
        yield {
          what: `${who}, ${refusal} of a plan, dry run`,
          run: claimedRun({ ...plan, dry_run: true }),
          late: false,
        };
      }
      yield { what: `${who}, claim: ${refusal}`, run: claimedRun({ incident: about, claim: refused }), late: false };
      yield {
        what: `${who}, ${refusal} after a restart in vain`,
        run: claimedRun({ ...of(none), tries: [inVain()] }),
        change: evict,
        late: false,
      };
    }
    for (const [name, change] of Object.entries(CHANGES)) {
      const plan = of(planned(change));
      const result = applied(change);
      for (const status of ["planned", "refused", "failed"] as const) {
        const remedy: RemedyResult = { ...result, status, message: "Would do it, or not." };
        const run = claimedRun({ ...plan, remedy, dry_run: status === "planned" });
        yield { what: `${who}, ${name} ${status}`, run, late: false };
      }
      yield { what: `${who}, ${name} unseen`, run: claimedRun({ ...plan, remedy_error: ERROR }), late: false };
      for (const verdict of VERDICTS) {
        // Undone is what did not help, where it can be.
        for (const how of verdict === "not_recovered" && change.kind !== "restart" ? UNDOS : UNDOS.slice(0, 1)) {
          for (const tries of [[], [inVain()]]) {
            for (const late of [false, true]) {
              const verification = verdict === undefined ? {} : { verification: look(verdict) };
              const run = claimedRun({ ...plan, remedy: result, tries, ...verification, ...undoneSo(how) });
              const what = `${who}, ${name}, ${verdict ?? "not verified"}, undo: ${how}, ${tries.length} before, late: ${late}`;
              yield { what, run, change, late };
            }
          }
        }
      }
    }
  }
}

function inVain(): NonNullable<WorkloadRun["tries"]>[number] {
  const before = diagnosis({ remedy: planned(evict), sight: SIGHT });
  return { diagnosis: before, remedy: applied(evict), verification: look("not_recovered") };
}

const ALL = [...cases()].map((each) => {
  const report = reportOf(each.run, policy(), new Date(AT));
  return { ...each, report, message: workloadMessage(each.run, report, [], each.late ? { since: AT } : undefined) };
});

/** Holds every message to a rule; what breaks it is named. */
function every(rule: (message: Notification, of: (typeof ALL)[number]) => boolean): void {
  expect(ALL.filter((of) => !rule(of.message, of)).map(({ what, message }) => `${what}\n${message.text}`)).toEqual([]);
}

const isApplied = ({ run }: { run: WorkloadRun }) =>
  run.remedy?.status === "applied" || (run.tries ?? []).some(({ remedy }) => remedy.status === "applied");

describe("whatever became of a workload, its message", () => {
  it("is one of many kinds", () => {
    expect(new Set(ALL.map(({ report }) => report.outcome))).toEqual(
      new Set(["Recovered", "RolledBack", "Unresolved", "Skipped", "DryRun"]),
    );
    expect(new Set(ALL.map(({ message }) => message.document.headline)).size).toBeGreaterThan(10);
  });

  it("has only commands that change nothing where it tells what to look at", () => {
    const looks =
      /^(aws eks update-kubeconfig --name prod --region eu-west-1 --alias prod$|aws eks describe-|kubectl --context prod (-n \S+ )?(logs|describe|get|top) )/;
    every(({ document }) => document.commands.every((command) => looks.test(command)));
  });

  it("has no command that would bring the version back that failed", () => {
    every(({ text, document }) => !text.includes(WORSE) && !JSON.stringify(document.take_back).includes(WORSE));
  });

  it("takes back nothing that cannot be, or that somebody else has put there, or that is taken back already", () => {
    every(({ document }, { run }) => {
      const isTheirs = ["overtaken", "interrupted"].includes(run.verification?.verdict ?? "");
      const isGone = run.undo_verification?.verdict === "undone" || run.undo?.status === "overtaken";
      return document.take_back.length === 0 || !(isTheirs || isGone || run.remedy?.undo === "cannot be undone");
    });
  });

  it("does not say that nothing was done where something was, nor that something was done where nothing was", () => {
    every(({ document, text }, of) =>
      isApplied(of)
        ? document.done.length > 0 && !/nothing was done/i.test(text)
        : document.done.every((line) => line.startsWith("Perhaps")) && document.changed.length === 0,
    );
  });

  it("says that something is still in place only where the last look showed it, and nobody touched it since", () => {
    every(({ text }, { run, late }) => {
      if (!text.includes("What was done is still in place.")) return true;
      const { verification, undo, undo_error, undo_verification: undone } = run;
      const isTheirs = ["overtaken", "interrupted"].includes(verification?.verdict ?? "");
      return !late && !isTheirs && undo === undefined && undo_error === undefined && undone?.verdict !== "undone";
    });
  });

  it("lists each thing that was written and is not known to be gone", () => {
    every(({ document }, { run }) => {
      const gone = run.verification?.verdict === "overtaken" && run.remedy?.undo !== "cannot be undone";
      const undone = run.undo_verification?.verdict === "undone" || run.undo?.status === "overtaken";
      const last = run.remedy?.status === "applied" && !gone && !undone ? 1 : 0;
      return document.changed.length === (run.tries ?? []).length + last;
    });
  });

  it("offers a log only of a pod that nobody has replaced since it was seen", () => {
    every(({ document }, of) => {
      const logs = document.commands.filter((command) => command.includes(" logs "));
      return isApplied(of) && of.run.remedy?.status === "applied" ? logs.length === 0 : logs.length <= 1;
    });
  });

  it("names no cause of what was asked for", () => {
    every(({ document, text }, { run }) => {
      const asked = run.diagnosis?.cause === "Requested";
      return !asked || (document.confidence === undefined && !text.includes("(confidence "));
    });
  });

  it("tells how the workflow is kept away for good, and how it is handed back, unless it would not touch it anyway", () => {
    const never = ["NamespaceNotAllowed", "ManagedByAnotherTool", "NothingRecreatesIt", "BeingDeleted", "OptedOut"];
    const off = "kubectl --context prod -n shop annotate deployment web eks-remediation/enabled=false --overwrite";
    every(({ document }, { report }) => {
      const { reason = "" } = report;
      if (never.includes(reason)) return document.hands_off.length === 0;
      return document.hand_back.length > 0 && (reason === "NotOptedIn" || document.hands_off[0] === off);
    });
  });

  it("says how to approve and how to decline, in text and in chat, where something is proposed, and nowhere else", () => {
    every(({ text, document }, { run, report }) => {
      const isOpen = report.reason !== "Declined" && !run.dry_run && run.diagnosis?.plan !== undefined;
      const forms = [text, chatOf(document, "Subject").content.description];
      return forms.every((form) =>
        ["approve", "decline"].every(
          (action) => form.includes(`--input '{"action":"${action}","cluster_name"`) === isOpen,
        ),
      );
    });
    expect(ALL.filter(({ message }) => message.text.includes("Approve it until")).length).toBeGreaterThan(0);
  });

  it("says that there is nothing to do only where nobody is needed, and calls for somebody only where somebody is", () => {
    every(({ text, document }, { report }) => {
      const nothing = text.includes("\nTo do:\n- nothing\n");
      return !(nothing && report.needs_person) && !(document.headline === "Needs you" && !report.needs_person);
    });
  });

  it("says that it is fixed only where that was verified, and that a remedy did not help only where that was seen", () => {
    every(({ document }, { run, late }) => {
      const { headline } = document;
      if (headline === "Fixed") return run.verification?.verdict === "recovered";
      if (headline.includes("still fail")) return false;
      if (!headline.includes("did not help")) return true;
      return !late && run.verification?.verdict === "not_recovered" && run.undo_verification?.verdict === "undone";
    });
  });

  it("says as of when it says how the workload is, and nothing of it twice", () => {
    every(({ document }) => {
      const { status, what, next_steps: steps } = document;
      const counted = status.filter((line) => line.includes(" ready"));
      return counted.every((line) => line.includes("as of 2026-06-01T")) && steps.every((step) => !what.includes(step));
    });
  });

  it("has a subject of one line, in plain words", () => {
    every(
      ({ subject, document }) =>
        /^\[prod\] [\x20-\x7e]{1,93}$/.test(subject) &&
        subject.startsWith(`[prod] ${document.headline}: Deployment shop/web`),
    );
  });
});
